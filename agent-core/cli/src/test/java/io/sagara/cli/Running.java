package io.sagara.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// The command line as a process of its own, whose output can be waited for.
final class Running {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Process process;
    private final Output out = new Output();
    private final Output err = new Output();
    private final List<Thread> readers;

    private Running(Process process) {
        this.process = process;
        readers = List.of(
                Thread.ofVirtual().start(() -> out.readAll(process.getInputStream())),
                Thread.ofVirtual().start(() -> err.readAll(process.getErrorStream())));
    }

    static Running start(Map<String, String> environment, String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(System.getProperty("java.home") + "/bin/java");
        command.addAll(FakeDistribution.flags("io.sagara.cli.Main"));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().clear();
        builder.environment().putAll(environment);
        return new Running(builder.start());
    }

    /// Waits until the output contains `text`.
    Running await(String text) throws InterruptedException {
        assertThat(out.await(text)).as("%s in%n%s%n%s", text, out(), err()).isTrue();
        return this;
    }

    /// Tells it to end, as the terminal or an init system does.
    void interrupt() {
        process.destroy();
    }

    /// Ends it without a chance to clean up.
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /// Its exit code.
    int join() throws InterruptedException {
        boolean ended = process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        assertThat(ended).as("still runs:%n%s%n%s", out(), err()).isTrue();
        for (Thread reader : readers) {
            reader.join(PATIENCE);
        }
        return process.exitValue();
    }

    String out() {
        return out.text();
    }

    String err() {
        return err.text();
    }

    private static final class Output {
        private final StringBuilder text = new StringBuilder();
        private boolean ended;

        void readAll(InputStream stream) {
            byte[] buffer = new byte[4096];
            try (stream) {
                for (int length = stream.read(buffer); length >= 0; length = stream.read(buffer)) {
                    add(new String(buffer, 0, length, StandardCharsets.UTF_8), false);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } finally {
                add("", true);
            }
        }

        private synchronized void add(String more, boolean last) {
            text.append(more);
            ended |= last;
            notifyAll();
        }

        synchronized boolean await(String wanted) throws InterruptedException {
            long end = System.nanoTime() + PATIENCE.toNanos();
            while (text.indexOf(wanted) < 0 && !ended && System.nanoTime() < end) {
                wait(PATIENCE.toMillis());
            }
            return text.indexOf(wanted) >= 0;
        }

        synchronized String text() {
            return text.toString();
        }
    }
}
