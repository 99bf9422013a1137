package io.sagara.integration.cluster;

import io.sagara.integration.Shell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// One server of the cluster: network, mount, host name and process namespaces of its own. They live as long
/// as this JVM holds the input of their first process, so nothing of them can outlive it, whatever ends it.
public final class Server implements AutoCloseable {
    private static final Duration COMMAND = Duration.ofSeconds(60);

    /// `$1`: the directory of the server, `$2`: its name. The end of its input is the order to end. Children
    /// that nobody waits for are its own, and bash does.
    private static final String INIT = """
            set -eu
            mount --bind "$1/lib" /var/lib/glusterd
            mount --bind "$1/log" /var/log/glusterfs
            mount -t tmpfs tmpfs /run
            mkdir -p /run/gluster
            mount --bind "$1/hosts" /etc/hosts
            hostname "$2"
            ip link set lo up
            echo ready
            while read -r _; do :; done
            """;

    private final Path directory;
    private final String name;
    private final String address;
    private final Process holder;
    private final long first;

    /// Starts the namespaces with nothing in them.
    Server(Path directory, String name, String address) throws IOException {
        this.directory = directory;
        this.name = name;
        this.address = address;
        prepare();
        holder = new ProcessBuilder(
                        "unshare",
                        "--net",
                        "--mount",
                        "--uts",
                        "--pid",
                        "--fork",
                        "--kill-child",
                        "--mount-proc",
                        "--propagation",
                        "private",
                        "bash",
                        "-c",
                        INIT,
                        "bash",
                        directory.toString(),
                        name)
                .redirectError(directory.resolve("init.err").toFile())
                .start();
        String said = holder.inputReader().readLine();
        if (!"ready".equals(said)) {
            throw new IOException("server " + name + " has no namespaces: " + said + " "
                    + Files.readString(directory.resolve("init.err")));
        }
        first = holder.children()
                .findFirst()
                .orElseThrow(() -> new IOException("server " + name + " ended at once"))
                .pid();
    }

    private Path scratch() {
        return directory.resolve("tmp");
    }

    private void prepare() throws IOException {
        for (String part : List.of("lib", "log", "bricks", "tmp")) {
            Files.createDirectories(directory.resolve(part));
        }
        // the packaged skeleton, such as hooks; without the identity of a glusterd of this machine
        Shell.check("cp", "-a", "/var/lib/glusterd/.", directory.resolve("lib").toString());
        Files.deleteIfExists(directory.resolve("lib/glusterd.info"));
        Files.copy(Path.of("/etc/hosts"), directory.resolve("hosts"));
    }

    /// Its name, known inside of the cluster only.
    public String name() {
        return name;
    }

    /// Its IP address, which this machine reaches.
    public String address() {
        return address;
    }

    /// A directory for a brick, as GlusterFS names it: `address:/directory`.
    String brick(String brick) {
        return address + ":" + directory.resolve("bricks").resolve(brick);
    }

    /// Where the data of a brick is.
    public Path data(String brick) {
        return directory.resolve("bricks").resolve(brick);
    }

    long first() {
        return first;
    }

    /// Makes a name of the cluster known to this server.
    void knows(Server other) throws IOException {
        Path hosts = directory.resolve("hosts");
        // in place, because the file is bound by its inode
        Files.writeString(hosts, Files.readString(hosts) + other.address + " " + other.name + "\n");
    }

    /// Runs a command inside.
    public Shell.Result run(String... command) {
        List<String> argv = new ArrayList<>(
                List.of("nsenter", "--target", Long.toString(first), "--mount", "--net", "--uts", "--pid"));
        argv.addAll(List.of(command));
        return Shell.run(COMMAND, argv);
    }

    /// What runs the command that follows it in this server's network, and with all else of this machine.
    public List<String> inNetwork() {
        return List.of("nsenter", "--net=/proc/" + first + "/ns/net", "--");
    }

    /// Configures links of its network, with the processes and names of this machine.
    void network(String... command) {
        List<String> argv =
                new ArrayList<>(List.of("nsenter", "--target", Long.toString(first), "--net", "ip", "link"));
        argv.addAll(List.of(command));
        var _ = Shell.check(argv.toArray(String[]::new));
    }

    /// As [#run]; fails unless the command succeeds.
    public String check(String... command) {
        Shell.Result result = run(command);
        if (result.exitCode() != 0) {
            throw new AssertionError("on server " + name + ": " + String.join(" ", command) + " failed with "
                    + result.exitCode() + ": " + result.output());
        }
        return result.output();
    }

    /// Starts glusterd, which starts the bricks that ran here.
    public void start() {
        // its hooks leave what they make for the time being
        check("env", "TMPDIR=" + scratch(), "glusterd", "--pid-file=/run/glusterd.pid", "--log-level=INFO");
    }

    /// Has glusterd, and whoever talks to it, speak TLS from its next start on.
    void secure() throws IOException {
        Files.writeString(directory.resolve("lib/secure-access"), "");
    }

    /// Ends every process with SIGKILL, as a power cut does; the address stays, so that ports are closed.
    public void kill() {
        // there may be none left; whoever sends it is not killed by it, and neither is the first process
        check("sh", "-c", "kill -KILL -1 || test $? = 1");
    }

    /// Ends glusterd alone with SIGKILL; the bricks go on.
    public void stopGlusterd() {
        check("pkill", "-KILL", "-x", "glusterd");
    }

    /// Takes the server off the network, or puts it back: what is sent to it is swallowed.
    public void silence(boolean silent) {
        check("ip", "link", "set", "eth0", silent ? "down" : "up");
    }

    @Override
    public void close() throws IOException {
        holder.descendants().forEach(ProcessHandle::destroyForcibly);
        holder.destroyForcibly();
        holder.onExit().join();
        holder.getOutputStream().close();
    }
}
