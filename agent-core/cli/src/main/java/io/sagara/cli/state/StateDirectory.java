package io.sagara.cli.state;

import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/// The directory of one agent, as an absolute path.
public record StateDirectory(Path root) {
    // what the agent, the sidecar and `sagara up` put there; see the agent's README
    static final Set<String> CONTENTS = Set.of(
            "agent.id",
            "agent.lock",
            "up.lock",
            "agent.sock",
            "csi.sock",
            "volfiles.sock",
            "backends",
            "bricks",
            "log",
            "mounts",
            "pools",
            "run",
            "tls");
    private static final Set<String> LOCKS = Set.of("agent.lock", "up.lock");
    // the longest path of a unix socket is 107 bytes (unix(7)); the longest name here is volfiles.sock
    private static final int MAX_LENGTH = 107 - "/volfiles.sock".length();
    private static final int SHOWN = 5;

    /// What a directory is before the command has touched it.
    public enum Kind {
        /// Not there, or there and empty.
        NEW,
        /// The state of an agent.
        OURS,
        /// Something else.
        FOREIGN
    }

    /// Makes the path absolute, without links as far as it exists, and refuses one that is too long for the
    /// sockets in it. The kernel shows mounts and processes by such paths.
    public StateDirectory {
        root = withoutLinks(root.toAbsolutePath().normalize());
        if (root.toString().length() > MAX_LENGTH) {
            throw new StorageException(
                    Problem.INVALID_ARGUMENT,
                    "the path " + root + " is too long for the sockets in it; choose a directory with at most "
                            + MAX_LENGTH + " characters");
        }
    }

    /// The agent's socket.
    public Path agentSocket() {
        return root.resolve("agent.sock");
    }

    /// The socket that Kubernetes, or whoever else speaks CSI, calls.
    public Path csiSocket() {
        return root.resolve("csi.sock");
    }

    /// Held by the agent while it runs.
    public Path agentLock() {
        return root.resolve("agent.lock");
    }

    /// Held by the command that starts and stops the agent while it runs.
    public Path upLock() {
        return root.resolve("up.lock");
    }

    /// What the JVMs write.
    public Path log() {
        return root.resolve("log");
    }

    /// Whether pools are described in it that an agent would serve.
    public boolean hasPools() {
        try (Stream<Path> pools = Files.list(root.resolve("pools"))) {
            return pools.anyMatch(file -> file.toString().endsWith(".json"));
        } catch (IOException e) {
            return false;
        }
    }

    /// What it is. Throws UNAVAILABLE where it cannot be read, INVALID_ARGUMENT where it is no directory.
    public Kind kind() {
        List<String> names = names();
        if (names.stream().anyMatch(LOCKS::contains)) {
            return Kind.OURS;
        }
        // the root of a freshly made file system is as good as empty
        return names.stream().allMatch("lost+found"::equals) ? Kind.NEW : Kind.FOREIGN;
    }

    /// Makes it where it is new, for its owner only. Throws INVALID_ARGUMENT where it holds something else: an
    /// agent makes, mounts and removes things in it.
    public void prepare() {
        if (kind() == Kind.FOREIGN) {
            throw new StorageException(
                    Problem.INVALID_ARGUMENT,
                    root + " is no state directory, it holds " + shown(names()) + "; choose a new or empty directory");
        }
        try {
            Files.createDirectories(
                    root, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            Files.createDirectories(log());
        } catch (IOException e) {
            throw new StorageException(
                    Problem.UNAVAILABLE, "cannot make " + root + ": " + e + "; choose a directory you may write to", e);
        }
    }

    /// The names in it that no agent puts there.
    List<String> foreignNames() {
        return names().stream().filter(name -> !CONTENTS.contains(name)).toList();
    }

    static String shown(List<String> names) {
        String some = String.join(", ", names.subList(0, Math.min(SHOWN, names.size())));
        return names.size() > SHOWN ? some + " and " + (names.size() - SHOWN) + " more" : some;
    }

    private static Path withoutLinks(Path path) {
        Path parent = path.getParent();
        try {
            return path.toRealPath();
        } catch (IOException e) {
            // it is not there yet, or nobody may look; the rest of its path may be
            return parent == null ? path : withoutLinks(parent).resolve(path.getFileName());
        }
    }

    private List<String> names() {
        if (!Files.exists(root, LinkOption.NOFOLLOW_LINKS)) {
            return List.of();
        }
        if (!Files.isDirectory(root)) {
            throw new StorageException(
                    Problem.INVALID_ARGUMENT, root + " is not a directory; choose one that is, or a new name");
        }
        try (Stream<Path> entries = Files.list(root)) {
            return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
        } catch (IOException e) {
            throw new StorageException(
                    Problem.UNAVAILABLE, "cannot read " + root + ": " + e + "; are you its owner?", e);
        }
    }
}
