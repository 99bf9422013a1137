package io.sagara.spi;

import java.time.Duration;
import java.util.List;

/// Runs programs of the operating system. Any number of threads may call.
public interface Commands {
    /// Runs `argv` without a shell, with `LC_ALL=C`, no input and the deadline, and waits for its end. The
    /// program is killed when the deadline passes or the calling thread is interrupted.
    ///
    /// Returns also when the program fails; use [#check] where failure is not an answer. Throws UNSUPPORTED
    /// where the program is not installed (the message names the Debian package where known) and UNAVAILABLE at
    /// the deadline.
    Result run(Duration deadline, List<String> argv);

    /// As [#run], but throws [Problem#INTERNAL] with the exit code and the last lines of stderr when the
    /// program fails.
    default Result check(Duration deadline, List<String> argv) {
        Result result = run(deadline, argv);
        if (result.exitCode() != 0) {
            throw new StorageException(
                    Problem.INTERNAL,
                    "'" + String.join(" ", argv) + "' failed with exit code " + result.exitCode() + ": "
                            + (result.stderr().isBlank() ? result.stdout() : result.stderr()).strip());
        }
        return result;
    }

    /// How a program ended.
    record Result(int exitCode, String stdout, String stderr) {}
}
