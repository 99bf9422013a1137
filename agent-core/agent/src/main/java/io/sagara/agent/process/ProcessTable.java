package io.sagara.agent.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// The processes of this machine as /proc shows them.
final class ProcessTable {
    /// One process. `session`: the pid of the process that leads its session. `startTicks`: when it began, in
    /// clock ticks since boot. A zombie is `dead`, and so is one that the kernel is taking down.
    record Entry(long pid, long session, long startTicks, boolean dead, List<String> argv) {
        DaemonProcess process() {
            return new DaemonProcess(pid, startTicks);
        }

        /// Whether it has detached itself: daemon(3) makes a process the leader of a session of its own.
        boolean detached() {
            return session == pid;
        }
    }

    /// Places in /proc/PID/stat, counted after the command name, which is the only field that may hold spaces:
    /// proc_pid_stat(5) numbers them 3, 6 and 22.
    private static final int STATE = 0;

    private static final int SESSION = 3;
    private static final int START = 19;

    private final Path proc;

    /// `proc`: where the proc file system is mounted.
    ProcessTable(Path proc) {
        this.proc = proc;
    }

    /// The living processes whose command line has `argument` as one of its arguments.
    List<Entry> withArgument(String argument) {
        List<Entry> found = new ArrayList<>();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(proc, "[0-9]*")) {
            for (Path directory : processes) {
                List<String> argv = argv(directory);
                if (argv.contains(argument)) {
                    stat(directory, argv).filter(entry -> !entry.dead()).ifPresent(found::add);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (DirectoryIteratorException e) {
            throw new UncheckedIOException(e.getCause());
        }
        return found;
    }

    /// The living process with this pid.
    Optional<DaemonProcess> find(long pid) {
        return stat(proc.resolve(Long.toString(pid)), List.of())
                .filter(entry -> !entry.dead())
                .map(Entry::process);
    }

    /// Whether exactly this process runs, and not a later one with its pid.
    boolean alive(DaemonProcess process) {
        return stat(proc.resolve(Long.toString(process.pid())), List.of())
                .filter(entry -> !entry.dead() && entry.startTicks() == process.startTicks())
                .isPresent();
    }

    private static List<String> argv(Path directory) {
        return read(directory.resolve("cmdline"))
                .map(line -> Arrays.asList(line.split("\0", -1)))
                .orElse(List.of());
    }

    private static Optional<Entry> stat(Path directory, List<String> argv) {
        return read(directory.resolve("stat")).map(line -> {
            String[] fields = line.substring(line.lastIndexOf(')') + 2).split(" ", -1);
            boolean dead = "ZXx".contains(fields[STATE]);
            long pid = Long.parseLong(line.substring(0, line.indexOf(' ')));
            return new Entry(pid, Long.parseLong(fields[SESSION]), Long.parseLong(fields[START]), dead, argv);
        });
    }

    /// Empty where the process has gone meanwhile: every read of /proc races with its end.
    private static Optional<String> read(Path file) {
        try {
            String content = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
            return content.isEmpty() ? Optional.empty() : Optional.of(content);
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
