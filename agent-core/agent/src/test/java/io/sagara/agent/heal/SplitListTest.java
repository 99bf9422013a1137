package io.sagara.agent.heal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class SplitListTest {
    private static final UUID ONE = UUID.fromString("90dd1b56-ce80-4fd0-a0d2-2d8221716013");

    /// As GlusterFS 10.3 wrote it.
    private static String answer(String status) {
        return """
                <?xml version="1.0" encoding="UTF-8" standalone="yes"?>
                <cliOutput>
                  <healInfo>
                    <bricks>
                      <brick hostUuid="11111111-1111-1111-1111-111111111111">
                        <name>127.0.0.1:/bricks/p1/0</name>
                        <file gfid="90dd1b56-ce80-4fd0-a0d2-2d8221716013">&lt;gfid:90dd1b56-ce80-4fd0-a0d2-2d8221716013&gt;</file>
                        <status>%s</status>
                        <numberOfEntries>1</numberOfEntries>
                      </brick>
                      <brick hostUuid="11111111-1111-1111-1111-111111111111">
                        <name>127.0.0.1:/bricks/p1/1</name>
                        <file gfid="90dd1b56-ce80-4fd0-a0d2-2d8221716013">/a &amp; b</file>
                        <status>Connected</status>
                        <numberOfEntries>1</numberOfEntries>
                      </brick>
                    </bricks>
                  </healInfo>
                  <opRet>0</opRet>
                  <opErrno>0</opErrno>
                  <opErrstr/>
                </cliOutput>
                """.formatted(status);
    }

    @Test
    void copiesOfOneFileAreOneFileWithTheNameThatAnyBrickKnows() {
        SplitList list = SplitList.parse(answer("Connected"));
        assertThat(list.unconnected()).isEmpty();
        assertThat(list.files()).containsExactly(new SplitFile(ONE, "/a & b", List.of(0, 1)));
    }

    @Test
    void aBrickThatWasNotAskedIsNamed() {
        assertThat(SplitList.parse(answer("Transport endpoint is not connected"))
                        .unconnected())
                .containsExactly(0);
    }

    @Test
    void somethingElseIsRefused() {
        assertThatThrownBy(() -> SplitList.parse("Usage: glfsheal")).isInstanceOf(IllegalArgumentException.class);
    }
}
