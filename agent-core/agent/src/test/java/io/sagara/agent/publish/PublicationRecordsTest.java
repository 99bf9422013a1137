package io.sagara.agent.publish;

import static org.assertj.core.api.Assertions.assertThat;

import io.sagara.agent.posix.Posix.MountFlag;
import io.sagara.spi.PoolName;
import io.sagara.spi.VolumeName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PublicationRecordsTest {
    private static final VolumeName VOLUME = new VolumeName("v=1");
    private static final Publication WRITABLE = new Publication(
            VOLUME, new PoolName("p1"), Path.of("/subvol/v=1"), Path.of("/pods/a b=\u00fc\\"), Set.of(), Set.of(66L));
    private static final Publication READONLY = new Publication(
            VOLUME,
            new PoolName("p1"),
            Path.of("/subvol/v=1"),
            Path.of("/pods/2"),
            Set.of(MountFlag.READONLY, MountFlag.NOSUID),
            Set.of(66L, 70L));

    @TempDir
    Path directory;

    private PublicationRecords records(String boot) {
        return new PublicationRecords(directory, boot);
    }

    @Test
    void anotherAgentKnowsWhatThisOneHasPublished() {
        records("b1").put(WRITABLE);
        records("b1").put(READONLY);

        assertThat(records("b1").of(new PoolName("p1"))).containsExactlyInAnyOrder(WRITABLE, READONLY);
        assertThat(records("b1").at(READONLY.target())).contains(READONLY);
        assertThat(records("b1").of(new PoolName("p2"))).isEmpty();
    }

    @Test
    void aRebootEndsAllOfIt() {
        records("b1").put(WRITABLE);

        assertThat(records("b2").of(VOLUME)).isEmpty();
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void whatCannotBeReadIsDroppedAndCostsNothingElse() throws IOException {
        records("b1").put(WRITABLE);
        Files.writeString(directory.resolve("torn.publication"), "boot=b1\nvolume=v1\npool=p1\nroot=/x\n");
        Files.writeString(directory.resolve(".x.tmp"), "");

        assertThat(records("b1").of(VOLUME)).containsExactly(WRITABLE);
        assertThat(directory.toFile().list()).hasSize(1);
    }

    @Test
    void whatIsRemovedIsForgotten() {
        PublicationRecords records = records("b1");
        records.put(WRITABLE);
        records.remove(WRITABLE.target());
        records.remove(WRITABLE.target());

        assertThat(records.of(VOLUME)).isEmpty();
        assertThat(records("b1").of(VOLUME)).isEmpty();
    }

    @Test
    void aClaimSucceedsBesideTheOwnStagingPathOnly() {
        PublicationRecords records = records("b1");
        records.put(WRITABLE);

        assertThat(records.claim(READONLY, "")).contains(WRITABLE);
        assertThat(records.at(READONLY.target())).isEmpty();
        assertThat(records.claim(READONLY, WRITABLE.target().toString())).isEmpty();
        assertThat(records.at(READONLY.target())).contains(READONLY);
    }
}
