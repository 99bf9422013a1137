package io.sagara.integration;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assertions;

/// A GlusterFS client that is none of the agent's, connected to one brick.
final class Stranger implements AutoCloseable {
    private final Path directory;
    private final Path log;
    private final Path mount;

    /// `inside`: the words of a command that runs the client elsewhere, such as in a network namespace. `options`: of
    /// protocol/client, key and value.
    Stranger(Path directory, List<String> inside, String host, int port, String brick, String... options)
            throws IOException {
        this.directory = Files.createDirectories(directory);
        log = directory.resolve("client.log");
        mount = Files.createDirectories(directory.resolve("mnt"));
        StringBuilder graph = new StringBuilder("volume c\n  type protocol/client\n  option transport-type tcp\n");
        graph.append("  option remote-host ")
                .append(host)
                .append("\n  option remote-port ")
                .append(port);
        graph.append("\n  option remote-subvolume ").append(brick).append('\n');
        for (int i = 0; i < options.length; i += 2) {
            graph.append("  option ")
                    .append(options[i])
                    .append(' ')
                    .append(options[i + 1])
                    .append('\n');
        }
        graph.append("end-volume\n");
        Path volfile = Files.writeString(directory.resolve("client.vol"), graph.toString());
        List<String> argv = new ArrayList<>(inside);
        argv.addAll(List.of(
                "glusterfs",
                "-f",
                volfile.toString(),
                "-l",
                log.toString(),
                "-p",
                directory.resolve("pid").toString(),
                mount.toString()));
        Shell.Result started = Shell.run(Duration.ofSeconds(30), argv);
        Assertions.assertEquals(0, started.exitCode(), started.output());
    }

    /// The options of TLS with the certificate in `directory`, made by [Authority#sign].
    static String[] tls(Path directory) {
        return new String[] {
            "transport.socket.ssl-enabled", "on",
            "transport.socket.ssl-own-cert", directory.resolve("tls.crt").toString(),
            "transport.socket.ssl-private-key", directory.resolve("tls.key").toString(),
            "transport.socket.ssl-ca-list", directory.resolve("ca.crt").toString()
        };
    }

    /// What it sees, or why it sees nothing.
    Shell.Result list() {
        return Shell.run(Duration.ofSeconds(30), List.of("timeout", "10", "ls", mount.toString()));
    }

    /// Waits until it is served.
    void awaitServed() throws Exception {
        Shell.Result seen = Await.until("the brick serves it", this::list, result -> result.exitCode() == 0);
        Assertions.assertTrue(seen.output().contains("stat.db"), seen.output() + log());
    }

    /// Waits until it has been refused, with this in its log, and sees that nothing is served.
    void awaitRefused(String reason) throws Exception {
        var _ = Await.until("it is refused: " + reason, this::log, text -> text.contains(reason));
        Shell.Result seen = list();
        // a client whose name is refused ends and leaves an empty directory; any other gets an error
        Assertions.assertFalse(seen.output().contains("stat.db"), seen.output());
    }

    String log() throws IOException {
        return Files.exists(log) ? Files.readString(log) : "";
    }

    @Override
    public void close() {
        var _ = Shell.run(Duration.ofSeconds(30), List.of("umount", "-l", mount.toString()));
        for (long pid : Traces.processes(directory)) {
            ProcessHandle.of(pid).ifPresent(process -> {
                process.destroyForcibly();
                process.onExit().join();
            });
        }
    }
}
