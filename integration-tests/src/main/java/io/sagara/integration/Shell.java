package io.sagara.integration;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Runs a program of the machine and takes what it says.
public final class Shell {
    private Shell() {}

    /// What a program said, stdout and stderr together, and how it ended.
    public record Result(int exitCode, String output) {}

    /// Runs `argv` and waits for it, at most `deadline`; kills it then and fails.
    public static Result run(Duration deadline, List<String> argv) {
        try {
            Path output = Files.createTempFile("sagara-shell", ".out");
            try {
                Process process = new ProcessBuilder(argv)
                        .redirectErrorStream(true)
                        .redirectInput(ProcessBuilder.Redirect.from(
                                Path.of("/dev/null").toFile()))
                        .redirectOutput(output.toFile())
                        .start();
                if (!process.waitFor(deadline.toMillis(), TimeUnit.MILLISECONDS)) {
                    process.descendants().forEach(ProcessHandle::destroyForcibly);
                    process.destroyForcibly();
                    throw new AssertionError(String.join(" ", argv) + " did not end within " + deadline + ": "
                            + Files.readString(output));
                }
                return new Result(process.exitValue(), Files.readString(output, StandardCharsets.UTF_8));
            } finally {
                Files.deleteIfExists(output);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while running " + argv, e);
        }
    }

    /// As [#run] with 30 seconds; fails unless the program succeeds. Returns what it said.
    public static String check(String... argv) {
        Result result = run(Duration.ofSeconds(30), List.of(argv));
        if (result.exitCode() != 0) {
            throw new AssertionError(
                    String.join(" ", argv) + " failed with " + result.exitCode() + ": " + result.output());
        }
        return result.output();
    }
}
