package io.sagara.agent.volume.disk;

import io.sagara.spi.Commands;
import io.sagara.spi.Problem;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// coreutils' cp, which dies with the thread that waits for it.
final class CopyProgram {
    /// Below the time after which the settlement of another node's agent believes that a call has ended.
    private static final Duration LONGEST = Duration.ofHours(5);

    private final PoolDisk disk;
    private final Commands commands;

    CopyProgram(PoolDisk disk, Commands commands) {
        this.disk = disk;
        this.commands = commands;
    }

    /// Throws NO_SPACE, and UNAVAILABLE where it fails otherwise. `what`: is copied, for people.
    void run(String what, List<String> options, Path from, Path to) {
        List<String> command = new ArrayList<>(List.of("setpriv", "--pdeathsig", "KILL", "cp"));
        command.addAll(options);
        command.addAll(List.of("--", from.toString(), to.toString()));
        Commands.Result result = commands.run(LONGEST, command);
        if (result.exitCode() == 0) {
            return;
        }
        String why = result.stderr().strip();
        boolean full = why.contains("No space left") || why.contains("quota exceeded");
        throw disk.problem(
                full ? Problem.NO_SPACE : Problem.UNAVAILABLE,
                what + " was not copied: " + lines(why)
                        + (full
                                ? "; it holds more than its size: ask for a larger volume, or expand it before a snapshot"
                                : "; repeat the request, and if it goes on, while no pod uses the volume"));
    }

    private static String lines(String text) {
        return text.lines().limit(3).reduce((a, b) -> a + ", " + b).orElse("cp says nothing");
    }
}
