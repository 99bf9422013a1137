package io.sagara.agent.brick;

import static org.assertj.core.api.Assertions.assertThat;

import io.sagara.agent.time.FakeTimer;
import io.sagara.spi.Bytes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogRotationTest {
    private static final Duration EVERY = Duration.ofSeconds(30);

    @TempDir
    Path directory;

    private final FakeTimer timer = new FakeTimer();
    private final LogRotation rotation = new LogRotation(timer, EVERY, new Bytes(100), 3);
    private Daemon daemon;

    /// Writes lines as glusterfs does: with the next line after a signal it opens its log anew.
    private static final class Daemon implements AutoCloseable {
        private final Path log;
        private Writer out;
        private boolean reopen;
        private int lines;
        private int signals;

        Daemon(Path log) throws IOException {
            this.log = log;
            this.out = open();
        }

        private Writer open() throws IOException {
            return Files.newBufferedWriter(log, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        }

        void signal() {
            reopen = true;
            signals++;
        }

        void write(int count) {
            try {
                for (int i = 0; i < count; i++) {
                    if (reopen) {
                        out.close();
                        out = open();
                        reopen = false;
                    }
                    lines++;
                    out.write("line " + lines + "\n");
                    out.flush();
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void close() throws IOException {
            out.close();
        }
    }

    @BeforeEach
    void aDaemon() throws IOException {
        daemon = new Daemon(directory.resolve("b.log"));
        rotation.watch(daemon.log, daemon::signal);
    }

    @AfterEach
    void close() throws IOException {
        rotation.close();
        daemon.close();
    }

    @Test
    void aSmallLogIsLeftAlone() throws IOException {
        daemon.write(5);
        timer.advance(EVERY.multipliedBy(10));
        assertThat(files()).containsExactly("b.log");
        assertThat(daemon.signals).isZero();
    }

    @Test
    void noLineIsLostInARotation() throws IOException {
        daemon.write(20);
        timer.advance(EVERY);
        daemon.write(5);
        List<String> lines = new ArrayList<>(Files.readAllLines(directory.resolve("b.log.1")));
        lines.addAll(Files.readAllLines(daemon.log));
        assertThat(lines).hasSize(25).startsWith("line 1", "line 2").endsWith("line 24", "line 25");
        assertThat(Files.readAllLines(daemon.log)).startsWith("line 21");
    }

    @Test
    void theNumberOfFilesIsBoundedAndTheNewestStay() throws IOException {
        for (int i = 0; i < 10; i++) {
            daemon.write(20);
            timer.advance(EVERY);
        }
        daemon.write(1);
        assertThat(files()).containsExactly("b.log", "b.log.1", "b.log.2");
        assertThat(Files.readAllLines(directory.resolve("b.log.1"))).endsWith("line 200");
        assertThat(Files.readAllLines(directory.resolve("b.log.2"))).startsWith("line 161");
    }

    @Test
    void aRotationThatAnEarlierAgentDidNotFinishIsFinished() throws IOException {
        daemon.write(20);
        Files.move(daemon.log, directory.resolve("b.log.1"));
        timer.advance(EVERY);
        daemon.write(1);
        assertThat(daemon.log).hasContent("line 21");
    }

    @Test
    void aForgottenLogAndAClosedRotationAreLeftAlone() throws IOException {
        rotation.forget(daemon.log);
        daemon.write(20);
        timer.advance(EVERY);
        rotation.watch(daemon.log, daemon::signal);
        rotation.close();
        timer.advance(EVERY.multipliedBy(3));
        assertThat(files()).containsExactly("b.log");
        assertThat(timer.scheduled()).isEmpty();
    }

    @Test
    void aLogThatCannotBeRotatedDoesNotStopTheOthers() throws IOException {
        Path blocked = Files.createDirectories(directory.resolve("sub")).resolve("c.log");
        Files.writeString(blocked, "x".repeat(200));
        Files.createDirectories(directory.resolve("sub/c.log.1/full"));
        Files.createDirectories(directory.resolve("sub/c.log.2/full"));
        rotation.watch(blocked, () -> {});
        for (int i = 0; i < 3; i++) {
            daemon.write(20);
            timer.advance(EVERY);
        }
        assertThat(blocked).exists();
        assertThat(daemon.signals).isEqualTo(3);
    }

    private List<String> files() throws IOException {
        try (Stream<Path> all = Files.list(directory)) {
            return all.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
