package io.sagara.agent.process;

import io.sagara.spi.Bytes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/// What a process costs. `resident`: memory that is in use, shared pages counted in full. `processor`: time it has
/// run for, since it began.
public record ProcessCost(Bytes resident, Duration processor) {
    /// Of /proc/PID/stat, counted after the command name: proc_pid_stat(5) numbers them 14, 15 and 24.
    private static final int USER = 11;

    private static final int SYSTEM = 12;
    private static final int PAGES = 21;
    /// Clock ticks a second and bytes a page, as Linux shows them to processes on amd64 and arm64 (USER_HZ; arm64
    /// kernels with larger pages are refused by nobody, and show less memory here than there is).
    private static final long TICKS = 100;

    private static final long PAGE = 4096;

    /// Of the process with this pid; empty where it has ended.
    public static Optional<ProcessCost> of(long pid) {
        try {
            String line = Files.readString(Path.of("/proc", Long.toString(pid), "stat"), StandardCharsets.ISO_8859_1);
            String[] fields = line.substring(line.lastIndexOf(')') + 2).split(" ", -1);
            long ticks = Long.parseLong(fields[USER]) + Long.parseLong(fields[SYSTEM]);
            return Optional.of(new ProcessCost(
                    new Bytes(Long.parseLong(fields[PAGES]) * PAGE),
                    Duration.ofMillis(ticks * (Duration.ofSeconds(1).toMillis() / TICKS))));
        } catch (IOException e) {
            // every read of /proc races with the end of its process
            return Optional.empty();
        }
    }
}
