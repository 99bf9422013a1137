package io.sagara.agent.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogTailTest {
    @TempDir
    Path directory;

    private Path log;

    @BeforeEach
    void name() {
        log = directory.resolve("brick.log");
    }

    @Test
    void errorsAreTheReasonAndOldOnesAreNot() throws IOException {
        append("[2026-01-01 00:00:00.1 +0000] E [old.c:1:f] 0-x: an old error");
        LogTail tail = LogTail.fromNow(log);
        append("[2026-01-01 00:00:01.1 +0000] I [a.c:1:f] 0-x: hello");
        append("[2026-01-01 00:00:02.1 +0000] E [b.c:2:g] 0-x: binding failed");
        append("[2026-01-01 00:00:03.1 +0000] I [a.c:1:f] 0-x: bye");
        assertThat(tail.reason()).isEqualTo("E [b.c:2:g] 0-x: binding failed (" + log + ")");
    }

    @Test
    void withoutErrorsTheLastLinesAreTheReason() throws IOException {
        append("[2026-01-01 00:00:01.1 +0000] I [a.c:1:f] 0-x: hello");
        assertThat(new LogTail(log, 0).reason()).isEqualTo("I [a.c:1:f] 0-x: hello (" + log + ")");
    }

    @Test
    void aSilentDaemonIsSaidToBeSilent() {
        assertThat(LogTail.fromNow(log).reason()).isEqualTo("nothing new in " + log);
    }

    @Test
    void afterARotationAllOfTheNewFileCounts() throws IOException {
        append("[x] I " + "x".repeat(500));
        LogTail tail = LogTail.fromNow(log);
        Files.delete(log);
        append("[x] E [b.c:2:g] 0-x: new");
        assertThat(tail.reason()).startsWith("E [b.c:2:g] 0-x: new");
    }

    private void append(String line) throws IOException {
        Files.writeString(log, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }
}
