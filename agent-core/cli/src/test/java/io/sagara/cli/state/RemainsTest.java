package io.sagara.cli.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RemainsTest {
    @TempDir
    private Path scratch;

    @Test
    void findsGlusterProcessesByThePathsTheyWereGiven() throws Exception {
        StateDirectory state = new StateDirectory(scratch.resolve("state"));
        StateDirectory other = new StateDirectory(scratch.resolve("state2"));
        Process process = pretender("glusterfsd", state.root() + "/run/p1/brick.pid");
        try {
            assertThat(new Remains(state).daemons()).containsExactly("glusterfsd (pid " + process.pid() + ")");
            assertThat(new Remains(state).dataPlane()).hasSize(1);
            assertThat(new Remains(other).dataPlane()).isEmpty();
        } finally {
            process.destroyForcibly().waitFor();
        }
        assertThat(new Remains(state).dataPlane()).isEmpty();
    }

    @Test
    void othersThatOnlyLookAtTheDirectoryAreNotOurs() throws Exception {
        StateDirectory state = new StateDirectory(scratch.resolve("state"));
        Process process = pretender("tail", state.root() + "/log/agent.log");
        try {
            assertThat(new Remains(state).daemons()).isEmpty();
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    @Test
    void findsJvmsByTheirMark() throws Exception {
        StateDirectory state = new StateDirectory(scratch.resolve("state"));
        Process process = pretender("java", Remains.mark(state, "agent"));
        try {
            assertThat(new Remains(state).jvms("agent"))
                    .extracting(ProcessHandle::pid)
                    .containsExactly(process.pid());
            assertThat(new Remains(state).jvms("csi")).isEmpty();
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    /// A process that is called `name`, has this argument, and waits for ever.
    private Process pretender(String name, String argument) throws IOException {
        Path program = Files.createSymbolicLink(scratch.resolve(name), Path.of("/bin/sh"));
        Process process = new ProcessBuilder(program.toString(), "-c", "echo; read x", argument).start();
        // it has become what it pretends to be once it has written
        assertThat(process.getInputStream().read()).isEqualTo('\n');
        return process;
    }
}
