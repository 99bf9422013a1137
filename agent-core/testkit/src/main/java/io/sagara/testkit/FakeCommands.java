package io.sagara.testkit;

import io.sagara.spi.Commands;
import io.sagara.spi.StorageException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Supplier;

/// Commands that follow a script: each expected once, in this order. A command that is not the next one fails
/// the test with an [AssertionError] that names both; [#close] fails it where expected ones were never run, so
/// a test opens this in a try statement.
///
/// The word `*` in an expectation stands for any one word. Nothing is run. Any number of threads may call.
public final class FakeCommands implements Commands, AutoCloseable {
    private final Deque<Expectation> script = new ArrayDeque<>();
    private final List<List<String>> ran = new ArrayList<>();

    /// Nothing is expected yet.
    public FakeCommands() {}

    private record Expectation(List<String> argv, Supplier<Result> answer) {
        boolean fits(List<String> actual) {
            if (actual.size() != argv.size()) {
                return false;
            }
            for (int i = 0; i < argv.size(); i++) {
                if (!argv.get(i).equals("*") && !argv.get(i).equals(actual.get(i))) {
                    return false;
                }
            }
            return true;
        }
    }

    /// Expects a command that succeeds and prints `stdout`.
    public FakeCommands expect(String stdout, String... argv) {
        return expect(() -> new Result(0, stdout, ""), argv);
    }

    /// Expects a command that fails with this exit code and stderr.
    public FakeCommands expectFailure(int exitCode, String stderr, String... argv) {
        return expect(() -> new Result(exitCode, "", stderr), argv);
    }

    /// Expects a command that cannot be run or does not end: [#run] throws `failure`.
    public FakeCommands expectThrow(StorageException failure, String... argv) {
        return expect(
                () -> {
                    throw failure;
                },
                argv);
    }

    /// Expects a command; `answer` runs in its place and may change the world as it would.
    public synchronized FakeCommands expect(Supplier<Result> answer, String... argv) {
        script.add(new Expectation(List.of(argv), answer));
        return this;
    }

    @Override
    public Result run(Duration deadline, List<String> argv) {
        return next(argv).answer().get();
    }

    private synchronized Expectation next(List<String> argv) {
        Expectation next = script.peek();
        if (next == null) {
            throw new AssertionError("unexpected command " + argv + " after " + ran + "; none was expected");
        }
        if (!next.fits(argv)) {
            throw new AssertionError("unexpected command " + argv + "; expected " + next.argv());
        }
        script.remove();
        ran.add(List.copyOf(argv));
        return next;
    }

    /// The commands so far, oldest first.
    public synchronized List<List<String>> ran() {
        return List.copyOf(ran);
    }

    /// Throws [AssertionError] where an expected command was never run.
    @Override
    public synchronized void close() {
        if (!script.isEmpty()) {
            throw new AssertionError(
                    "never run: " + script.stream().map(Expectation::argv).toList() + "; run were " + ran);
        }
    }
}
