package io.sagara.agent.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessTableTest {
    @TempDir
    Path proc;

    @Test
    void aProcessIsFoundByOneWholeArgument() throws IOException {
        process(7, "S", 7, 100, "glusterfsd", "-p", "/run/p1.pid");
        process(8, "S", 8, 101, "glusterfsd", "-p", "/run/p1.pid2");
        process(9, "S", 9, 102, "cat", "x/run/p1.pid");
        Files.createDirectories(proc.resolve("sys"));
        assertThat(new ProcessTable(proc).withArgument("/run/p1.pid"))
                .containsExactly(
                        new ProcessTable.Entry(7, 7, 100, false, List.of("glusterfsd", "-p", "/run/p1.pid", "")));
    }

    @Test
    void zombiesAreNotAlive() throws IOException {
        process(7, "Z", 7, 100, "glusterfsd", "-p", "/run/p1.pid");
        ProcessTable table = new ProcessTable(proc);
        assertThat(table.withArgument("/run/p1.pid")).isEmpty();
        assertThat(table.alive(new DaemonProcess(7, 100))).isFalse();
    }

    @Test
    void aProcessWithTheSamePidThatStartedLaterIsAnotherOne() throws IOException {
        process(7, "R", 7, 200, "glusterfsd");
        assertThat(new ProcessTable(proc).alive(new DaemonProcess(7, 100))).isFalse();
        assertThat(new ProcessTable(proc).alive(new DaemonProcess(7, 200))).isTrue();
    }

    @Test
    void aProcessThatIsGoneIsNotAlive() {
        assertThat(new ProcessTable(proc).alive(new DaemonProcess(7, 100))).isFalse();
    }

    @Test
    void theRealTableKnowsThisProcess() {
        long pid = ProcessHandle.current().pid();
        String program = ProcessHandle.current().info().command().orElseThrow();
        assertThat(new ProcessTable(Path.of("/proc")).withArgument(program))
                .anyMatch(entry -> entry.pid() == pid && !entry.dead() && entry.startTicks() > 0);
    }

    private void process(long pid, String state, long session, long start, String... argv) throws IOException {
        Path directory = Files.createDirectories(proc.resolve(Long.toString(pid)));
        Files.writeString(directory.resolve("cmdline"), String.join("\0", argv) + "\0");
        // the name of a command may hold spaces and parentheses
        Files.writeString(
                directory.resolve("stat"),
                pid + " (od) d (x) " + state + " 1 1 " + session + " 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 " + start
                        + " 0 0\n");
    }
}
