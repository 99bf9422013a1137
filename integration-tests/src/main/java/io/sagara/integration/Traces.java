package io.sagara.integration;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What a run has left on the machine: everything that names a directory of the run.
public final class Traces {
    private Traces() {}

    /// Processes, mounts and loop devices that name `directory`, a sentence each; and the directory itself if
    /// it is still there. Empty where nothing is left.
    public static List<String> of(Path directory) {
        List<String> traces = new ArrayList<>();
        processes(directory).forEach(pid -> traces.add("process " + pid + ": " + commandLine(pid)));
        mounts(directory).forEach(line -> traces.add("mount " + line));
        Shell.check("losetup", "--noheadings", "--output", "NAME,BACK-FILE")
                .lines()
                .filter(line -> line.contains(directory.toString()))
                .forEach(line -> traces.add("loop device " + line.strip()));
        if (Files.exists(directory)) {
            traces.add("directory " + directory);
        }
        return traces;
    }

    /// The processes whose command line names `directory`, but for this one.
    public static List<Long> processes(Path directory) {
        long self = ProcessHandle.current().pid();
        return ProcessHandle.allProcesses()
                .map(ProcessHandle::pid)
                .filter(pid -> pid != self && commandLine(pid).contains(directory.toString()))
                .toList();
    }

    /// The command line of a process; empty where it is gone.
    public static String commandLine(long pid) {
        try {
            return Files.readString(Path.of("/proc/" + pid + "/cmdline"), StandardCharsets.UTF_8)
                    .replace('\0', ' ')
                    .strip();
        } catch (IOException e) {
            return "";
        }
    }

    /// The lines of mountinfo which name `directory`.
    public static List<String> mounts(Path directory) {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/mountinfo"))) {
            return lines.filter(line -> line.contains(directory.toString())).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Where a line of mountinfo says that something is mounted: its fifth field.
    public static Path mountPoint(String line) {
        return Path.of(List.of(line.split(" ", -1)).get(4));
    }

    /// Removes a directory of this run with all in it. Refuses while something is mounted below it, because
    /// that would delete what is mounted.
    public static void remove(Path directory) {
        if (!mounts(directory).isEmpty()) {
            throw new AssertionError("not removed, because something is mounted below it: " + mounts(directory));
        }
        try {
            if (Files.exists(directory)) {
                Files.walkFileTree(directory, new Remover());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static final class Remover extends SimpleFileVisitor<Path> {
        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException failure) throws IOException {
            if (failure != null) {
                throw failure;
            }
            Files.delete(visited);
            return FileVisitResult.CONTINUE;
        }
    }
}
