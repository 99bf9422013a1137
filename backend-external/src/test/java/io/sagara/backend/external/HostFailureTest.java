package io.sagara.backend.external;

import static org.assertj.core.api.Assertions.assertThat;

import io.sagara.spi.ExternalVolume;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.util.List;
import org.junit.jupiter.api.Test;

class HostFailureTest {
    private static final ExternalVolume VOLUME = new ExternalVolume(List.of("h1"), 24_007, "vol", "");

    private static String sentence(boolean tls, IOException cause) {
        return HostFailure.of("h1", VOLUME, "10.3", tls, cause).sentence();
    }

    @Test
    void aServerThatHangsUpOnACallWithoutTlsMayWantIt() {
        for (IOException cause : List.of(new EOFException("ended"), new SocketException("Connection reset"))) {
            assertThat(sentence(false, cause)).startsWith("h1:24007 hangs up").contains("'management: true'");
            assertThat(sentence(true, cause)).contains("cannot be used").doesNotContain("management");
        }
    }

    @Test
    void whatElseASocketSaysIsSaid() {
        assertThat(sentence(false, new SocketException("Network is unreachable")))
                .contains("Network is unreachable");
    }
}
