package io.sagara.integration.cluster;

import io.sagara.integration.Shell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/// A real sshd on a [Server] of the cluster, with keys of its own. Ends with the server's processes.
public final class SshServer {
    private final Server server;
    private final Path directory;

    private SshServer(Server server, Path directory) {
        this.server = server;
        this.directory = directory;
    }

    /// The program: of this machine, or the one `./sagara test` has fetched.
    public static Optional<Path> program() {
        String home = System.getenv("HOME");
        String cache = System.getenv().getOrDefault("SAGARA_CACHE", home + "/.cache/sagara");
        return Stream.of(Path.of("/usr/sbin/sshd"), Path.of(cache, "sshd", "sshd"))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /// Starts it for root with this public key. `directory`: for its files; does not exist yet.
    public static SshServer start(Server server, Path directory, Path publicKey) throws IOException {
        Path program = program().orElseThrow();
        Files.createDirectories(directory);
        SshServer made = new SshServer(server, directory);
        makeKey(directory.resolve("host"));
        Files.copy(publicKey, directory.resolve("authorized"));
        // sshd wants a user of its own, and lets nobody in whose account is locked
        Files.writeString(directory.resolve("passwd"), """
                root:*:0:0:root:/root:/bin/sh
                sshd:*:65533:65534::/run/sshd:/usr/sbin/nologin
                """);
        Files.writeString(directory.resolve("shadow"), "root:*:19000:0:99999:7:::\nsshd:*:19000:0:99999:7:::\n");
        Files.writeString(directory.resolve("config"), """
                HostKey %1$s/host
                AuthorizedKeysFile %1$s/authorized
                PidFile none
                StrictModes no
                UsePAM no
                PasswordAuthentication no
                PermitRootLogin prohibit-password
                """.formatted(directory));
        for (String file : new String[] {"passwd", "shadow"}) {
            server.check("mount", "--bind", directory.resolve(file).toString(), "/etc/" + file);
        }
        server.check("mkdir", "-p", "/run/sshd");
        server.check(
                "env",
                "LD_LIBRARY_PATH=" + program.getParent(),
                program.toString(),
                "-f",
                directory.resolve("config").toString(),
                "-E",
                directory.resolve("log").toString());
        return made;
    }

    /// Makes a pair of keys: `file` and `file.pub`.
    public static void makeKey(Path file) {
        Shell.check("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", file.toString());
    }

    /// The line of a known_hosts file for it.
    public String knownHost() throws IOException {
        return server.address() + " " + Files.readString(directory.resolve("host.pub"));
    }
}
