package io.sagara.cli.state;

import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/// What of a state directory's agent is alive on this machine, whoever started it: found through `/proc`, so it
/// is true also after every parent was killed.
public final class Remains {
    private static final Path PROC = Path.of("/proc");
    private static final int MOUNT_POINT = 4;

    private final StateDirectory state;

    /// Looks for what belongs to `state`.
    public Remains(StateDirectory state) {
        this.state = state;
    }

    /// The argument by which a JVM that serves this directory is known.
    public static String mark(StateDirectory state, String service) {
        return "-Dsagara." + service + "=" + state.root();
    }

    /// The JVMs of this service, `agent` or `csi`, that run for the directory.
    public List<ProcessHandle> jvms(String service) {
        String mark = mark(state, service);
        return processes()
                .filter(process -> process.arguments.contains(mark))
                .flatMap(process -> ProcessHandle.of(process.pid).stream())
                .toList();
    }

    /// The GlusterFS processes that serve its pools, as `glusterfsd (pid 12)`.
    public List<String> daemons() {
        String inside = state.root() + "/";
        return processes()
                .filter(process -> process.program().startsWith("gluster")
                        && process.arguments.stream().anyMatch(argument -> argument.contains(inside)))
                .map(process -> process.program() + " (pid " + process.pid + ")")
                .toList();
    }

    /// The mount points in it, innermost first.
    public List<String> mounts() {
        String inside = state.root() + "/";
        try (Stream<String> lines = Files.lines(PROC.resolve("self/mountinfo"), StandardCharsets.ISO_8859_1)) {
            List<String> found = new ArrayList<>(lines.map(line -> line.split(" ", -1)[MOUNT_POINT])
                    .map(Remains::unescaped)
                    .filter(point -> point.startsWith(inside))
                    .toList());
            return found.reversed();
        } catch (IOException e) {
            throw new StorageException(Problem.UNAVAILABLE, "cannot read the mounts of this machine: " + e, e);
        }
    }

    /// Everything that still serves, in words; empty where nothing does.
    public List<String> dataPlane() {
        List<String> all = new ArrayList<>(daemons());
        mounts().forEach(point -> all.add("a mount on " + point));
        return all;
    }

    /// mountinfo writes space, tab, newline and backslash as octal numbers, and is bytes of UTF-8 otherwise.
    private static String unescaped(String point) {
        String plain = point.replace("\\040", " ")
                .replace("\\011", "\t")
                .replace("\\012", "\n")
                .replace("\\134", "\\");
        return new String(plain.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }

    private static Stream<Running> processes() {
        List<Running> all = new ArrayList<>();
        try (Stream<Path> entries = Files.list(PROC)) {
            entries.filter(entry -> entry.getFileName().toString().matches("[0-9]+"))
                    .forEach(entry -> all.add(process(entry)));
        } catch (IOException e) {
            throw new StorageException(Problem.UNAVAILABLE, "cannot read the processes of this machine: " + e, e);
        }
        return all.stream();
    }

    private static Running process(Path entry) {
        long pid = Long.parseLong(entry.getFileName().toString());
        try {
            String line = Files.readString(entry.resolve("cmdline"), StandardCharsets.ISO_8859_1);
            String text = new String(line.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
            return new Running(pid, Arrays.asList(text.split("\0", -1)));
        } catch (IOException e) {
            // it ended between the listing and now
            return new Running(pid, List.of(""));
        }
    }

    private record Running(long pid, List<String> arguments) {
        String program() {
            String path = arguments.getFirst();
            return path.substring(path.lastIndexOf('/') + 1);
        }
    }
}
