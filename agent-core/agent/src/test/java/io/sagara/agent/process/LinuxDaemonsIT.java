package io.sagara.agent.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Real GlusterFS processes at the edges of their start.
@Timeout(60)
class LinuxDaemonsIT {
    private static final Duration LONG = Duration.ofSeconds(30);

    @TempDir
    Path directory;

    private final LinuxDaemons daemons = new LinuxDaemons();
    private final ProcessTable table = new ProcessTable(Path.of("/proc"));

    @BeforeEach
    void needsGluster() {
        assumeTrue(Files.isExecutable(Path.of("/usr/sbin/glusterfs")), "SKIPPED: glusterfs-client is not installed");
    }

    @AfterEach
    void stopEverything() throws IOException {
        daemons.find(served()).ifPresent(left -> daemons.stop(left, LONG));
        assertThat(table.withArgument(pidFile().toString())).isEmpty();
    }

    @Test
    void startsFromSeveralAgentsAtTheSameMomentGiveOneProcess() throws Exception {
        DaemonSpec spec = served();
        try (var tasks = Executors.newVirtualThreadPerTaskExecutor()) {
            // agents that know nothing of each other: only the lock on the pid file decides
            List<Callable<DaemonProcess>> starts = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                starts.add(() -> new LinuxDaemons().ensure(spec, LONG));
            }
            List<DaemonProcess> all = new ArrayList<>();
            for (Future<DaemonProcess> start : tasks.invokeAll(starts)) {
                all.add(start.get());
            }
            assertThat(all).containsOnly(all.getFirst());
        }
        assertThat(table.withArgument(pidFile().toString())).hasSize(1);
        assertThat(Files.readString(pidFile()).strip())
                .isEqualTo(Long.toString(daemons.find(spec).orElseThrow().pid()));
    }

    @Test
    void aProcessHalfStartedByAnAgentThatWasKilledIsAdopted() throws Exception {
        try (ServerSocketChannel silent = silentServer()) {
            // the launcher of the dead agent: its daemon asks for its volfile and gets no answer
            Process orphan = new ProcessBuilder(waiting().argv()).start();
            try (var connected = silent.accept()) {
                assertThat(connected.isConnected()).isTrue();
                DaemonProcess adopted = daemons.ensure(waiting(), LONG);
                assertThat(adopted.pid()).isNotEqualTo(orphan.pid());
                assertThat(table.withArgument(pidFile().toString())).hasSize(2);
                daemons.stop(adopted, LONG);
                assertThat(orphan.waitFor(30, TimeUnit.SECONDS)).isTrue();
            }
        }
    }

    @Test
    void aStartThatHangsLeavesNothing() throws Exception {
        try (ServerSocketChannel silent = silentServer()) {
            assertThat(silent.isOpen()).isTrue();
            assertThatThrownBy(() -> daemons.ensure(waiting(), Duration.ofSeconds(2)))
                    .hasMessageContaining("did not come up within");
        }
        for (ProcessTable.Entry left : table.withArgument(pidFile().toString())) {
            daemons.onExit(left.process()).toCompletableFuture().get(10, TimeUnit.SECONDS);
        }
    }

    @Test
    void aBadVolfileIsTheReason() throws Exception {
        Files.writeString(directory.resolve("d.vol"), "volume x\n  type no/such\nend-volume\n");
        DaemonSpec spec = spec(List.of("-f", directory.resolve("d.vol").toString()));
        assertThatThrownBy(() -> daemons.ensure(spec, LONG))
                .hasMessageContaining("ended with exit code")
                .hasMessageContaining("no/such");
    }

    /// A daemon that needs nothing: a client of a brick that is never there.
    private DaemonSpec served() throws IOException {
        Path volfile = directory.resolve("d.vol");
        Files.writeString(volfile, """
                volume x
                  type protocol/client
                  option transport-type tcp
                  option remote-host 127.0.0.1
                  option remote-port 1
                  option remote-subvolume x
                end-volume
                """);
        return spec(List.of("-f", volfile.toString()));
    }

    private DaemonSpec waiting() {
        return spec(List.of("-s", directory.resolve("s").toString(), "--volfile-server-transport", "unix"));
    }

    private ServerSocketChannel silentServer() throws IOException {
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(directory.resolve("s")));
        return server;
    }

    private DaemonSpec spec(List<String> from) {
        List<String> argv = new ArrayList<>(
                List.of("glusterfs", "--volfile-id", "d", "-p", pidFile().toString()));
        argv.addAll(List.of("-l", directory.resolve("d.log").toString()));
        argv.addAll(from);
        return new DaemonSpec("d", argv, pidFile(), directory.resolve("d.log"), Optional.of(directory.resolve("run")));
    }

    private Path pidFile() {
        return directory.resolve("d.pid");
    }
}
