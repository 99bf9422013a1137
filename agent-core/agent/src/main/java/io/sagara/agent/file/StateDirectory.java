package io.sagara.agent.file;

import io.sagara.spi.PoolName;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/// Where the agent keeps what. Directories are made when they are asked for, but for those that are mounted
/// over.
public record StateDirectory(Path root) {
    /// The last group of a UUID: 48 random bits.
    private static final int ID_BEGIN = 24;

    /// Desired state, a file for each pool.
    public Path pools() {
        return made("pools");
    }

    /// What a backend remembers.
    public Path backend(String type) {
        return made("backends/" + type);
    }

    /// The work directory of the plugin host.
    public Path plugins() {
        return made("run/.plugins");
    }

    /// Pid files and sockets of a pool's processes.
    public Path run(PoolName pool) {
        return made("run/" + pool);
    }

    /// The certificates of all pools with TLS, a directory each. Not made.
    public Path tls() {
        return root.resolve("tls");
    }

    /// What a pool's bricks and its quota daemon see as /run/gluster.
    public Path runGluster(PoolName pool) {
        return made("run/" + pool + "/gluster");
    }

    /// Logs of GlusterFS processes.
    public Path log() {
        return made("log");
    }

    /// Where all pools are mounted.
    public Path mounts() {
        return made("mounts");
    }

    /// Where volumes are bound from. Not made, nor even looked at: a dead mount may be there.
    public Path mount(PoolName pool) {
        return root.resolve("mounts/" + pool);
    }

    /// Which volumes are published where.
    public Path published() {
        return made("run/.published");
    }

    /// Which block volumes are used where.
    public Path blocks() {
        return made("run/.blocks");
    }

    /// The agent's own mount; as [#mount].
    public Path managementMount(PoolName pool) {
        return root.resolve("mounts/" + pool + ".management");
    }

    /// A word that tells this agent from all others, chosen when it is asked for first and kept.
    public String agentId() {
        Path file = root.resolve("agent.id");
        try {
            if (!Files.exists(file)) {
                AtomicFile.write(file, UUID.randomUUID().toString().substring(ID_BEGIN) + "\n");
            }
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw new StorageException(
                    Problem.UNAVAILABLE,
                    "cannot read " + file + ": " + e.getMessage() + "; check the disk of the state directory",
                    e);
        }
    }

    /// Where GlusterFS processes get their graphs. Not made: the server makes it.
    public Path volfileSocket() {
        return root.resolve("volfiles.sock");
    }

    private Path made(String name) {
        Path directory = root.resolve(name);
        try {
            return Files.createDirectories(directory);
        } catch (IOException e) {
            throw new StorageException(
                    Problem.UNAVAILABLE,
                    "cannot make " + directory + ": " + e.getMessage() + "; check the disk of the state directory",
                    e);
        }
    }
}
