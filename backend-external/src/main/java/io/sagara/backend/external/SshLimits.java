package io.sagara.backend.external;

import io.sagara.spi.Bytes;
import io.sagara.spi.Commands;
import io.sagara.spi.ExternalVolume;
import io.sagara.spi.Pool;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Limits set by `gluster volume quota` on a server of the cluster, over ssh as Kadalu does it, so that glusterd lists
/// them. The servers are asked one after the other until one has done it. A server's key must be known before:
/// whoever answers in its place would be told where volumes are.
record SshLimits(Commands commands, Pool pool, ExternalVolume volume, SshAccess access) {
    private static final Duration ONE = Duration.ofSeconds(10);
    private static final Duration CONNECT = Duration.ofSeconds(4);
    /// Less than the agent waits for a change of a volume.
    private static final Duration ALL = Duration.ofSeconds(20);
    /// How ssh ends where it failed itself, and not what it ran.
    private static final int SSH_FAILED = 255;

    /// Sets the limit of a directory; repeating it changes nothing. `directory`: relative to the root of the volume.
    void limit(Path directory, Bytes hard) {
        run(directory, "limit-usage", quoted(directory), Long.toString(hard.value()));
    }

    /// Removes the limit of a directory that has one.
    void unlimit(Path directory) {
        run(directory, "remove", quoted(directory));
    }

    private void run(Path directory, String... action) {
        access.requireFiles(pool);
        long deadline = System.nanoTime() + ALL.toNanos();
        List<String> failures = new ArrayList<>();
        for (String host : volume.hosts()) {
            if (System.nanoTime() >= deadline || Thread.currentThread().isInterrupted()) {
                failures.add(host + " was not asked, for want of time");
                continue;
            }
            Commands.Result result;
            try {
                result = commands.run(ONE, arguments(host, action));
            } catch (StorageException e) {
                if (e.problem() != Problem.UNAVAILABLE) {
                    throw e;
                }
                failures.add(host + ": " + e.getMessage());
                continue;
            }
            if (result.exitCode() == 0) {
                return;
            }
            if (result.exitCode() != SSH_FAILED) {
                // another server of the cluster would say the same
                throw refused(host, directory, result);
            }
            failures.add(host + ": " + last(result.stderr()) + advice(result.stderr(), host));
        }
        throw new StorageException(
                Problem.UNAVAILABLE,
                "pool " + pool.name() + ": the limit of " + directory + " cannot be set by ssh: "
                        + String.join("; ", failures));
    }

    private StorageException refused(String host, Path directory, Commands.Result result) {
        String said = (result.stdout() + "\n" + result.stderr()).strip();
        return new StorageException(
                Problem.UNAVAILABLE,
                "pool " + pool.name() + ": gluster on " + host + " does not set the limit of " + directory + ": "
                        + (said.isEmpty() ? "exit code " + result.exitCode() : said.replace('\n', ' '))
                        + "; look at 'gluster volume quota " + volume.volume() + " list' there, and whether "
                        + access.user() + " may run it");
    }

    private String advice(String said, String host) {
        if (said.contains("Host key verification failed")) {
            return "; add the key of " + host + " to " + access.knownHosts()
                    + " ('ssh-keyscan', and compare it with the server's own), or look who answers there";
        }
        if (said.contains("Permission denied")) {
            return "; add the public key of " + access.key() + " to authorized_keys of " + access.user() + " on "
                    + host;
        }
        return "; start sshd there, or open its port for this node";
    }

    private static String last(String said) {
        return said.lines()
                .filter(line -> !line.isBlank())
                .reduce((_, line) -> line)
                .orElse("ssh failed")
                .strip();
    }

    /// What the other side's shell takes for one word.
    private static String quoted(Path directory) {
        return "'/" + directory.toString().replace("'", "'\\''") + "'";
    }

    private List<String> arguments(String host, String... action) {
        List<String> arguments = new ArrayList<>(List.of(
                "ssh",
                // neither this node's settings nor its keys
                "-F",
                "/dev/null",
                "-i",
                access.key().toString(),
                "-o",
                "IdentitiesOnly=yes",
                "-o",
                "BatchMode=yes",
                "-o",
                "StrictHostKeyChecking=yes",
                "-o",
                "UserKnownHostsFile=" + access.knownHosts(),
                "-o",
                "GlobalKnownHostsFile=/dev/null",
                "-o",
                "ConnectTimeout=" + CONNECT.toSeconds(),
                "-l",
                access.user(),
                "--",
                host));
        if (!access.user().equals("root")) {
            arguments.addAll(List.of("sudo", "-n"));
        }
        arguments.addAll(List.of("gluster", "--mode=script", "volume", "quota", volume.volume()));
        arguments.addAll(List.of(action));
        return arguments;
    }
}
