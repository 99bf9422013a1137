package io.sagara.csi;

import static io.sagara.csi.Requests.newVolume;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sagara.csi.v1.CreateVolumeResponse;
import io.sagara.csi.v1.ProbeRequest;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class SidecarTest {
    private Rig rig;

    @BeforeEach
    void start() throws IOException {
        rig = new Rig();
    }

    @AfterEach
    void stop() throws IOException {
        rig.close();
    }

    @Test
    void aSecondOneOnTheSameSocketIsRefusedAndTheFirstGoesOn() {
        assertThatThrownBy(() -> another(rig.config.socket()))
                .isInstanceOfSatisfying(
                        StorageException.class,
                        failure -> assertThat(failure.problem()).isEqualTo(Problem.IN_USE))
                .hasMessageContaining(rig.config.socket() + " already")
                .hasMessageContaining("SAGARA_CSI_SOCKET");
        assertThat(rig.identity
                        .probe(ProbeRequest.getDefaultInstance())
                        .getReady()
                        .getValue())
                .isTrue();
    }

    @Test
    void aServerThatTakesNoConnectionsAtTheMomentIsAServer() throws IOException {
        Path socket = Path.of(rig.path("busy"));
        try (var busy = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            busy.bind(UnixDomainSocketAddress.of(socket), 1);
            // fill its queue, which nobody empties
            try (var one = SocketChannel.open(UnixDomainSocketAddress.of(socket));
                    var two = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
                assertThat(one.isConnected() && two.isConnected()).isTrue();
                assertThatThrownBy(() -> another(socket)).hasMessageContaining("seems to listen");
            }
        }
    }

    @Test
    void aSocketThatAKilledOneLeftBehindIsReplaced() throws Exception {
        Path socket = Path.of(rig.path("left"));
        try (var left = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            left.bind(UnixDomainSocketAddress.of(socket));
        }
        assertThat(socket).exists();
        another(socket).stop(Rig.GRACE);
        assertThat(socket).doesNotExist();
    }

    @Test
    void aFileInTheWayIsLeftAlone() throws IOException {
        Path file = Path.of(rig.path("file"));
        Files.writeString(file, "precious");
        assertThatThrownBy(() -> another(file)).hasMessageContaining("is no socket");
        assertThat(file).hasContent("precious");
    }

    @Test
    @Timeout(20)
    void stoppingLetsARunningCallFinish() throws Exception {
        CountDownLatch gate = new CountDownLatch(1);
        rig.agent.gate = gate;
        CompletableFuture<CreateVolumeResponse> call = CompletableFuture.supplyAsync(
                () -> rig.controller.createVolume(newVolume("v")), Thread::startVirtualThread);
        assertThat(rig.agent.arrived.await(5, TimeUnit.SECONDS)).isTrue();
        CompletableFuture<Void> stop = CompletableFuture.runAsync(() -> stop(Rig.GRACE), Thread::startVirtualThread);
        while (Files.exists(rig.config.socket())) {
            Thread.onSpinWait();
        }
        assertThat(call.isDone() || stop.isDone()).isFalse();
        gate.countDown();
        assertThat(call.get(5, TimeUnit.SECONDS).getVolume().getVolumeId()).isEqualTo("v");
        stop.get(5, TimeUnit.SECONDS);
    }

    @Test
    void stoppingDoesNotWaitForAHangingAgent() throws Exception {
        rig.agent.gate = new CountDownLatch(1);
        CompletableFuture<StorageException> call = CompletableFuture.supplyAsync(
                () -> Failures.of(() -> rig.controller.createVolume(newVolume("v"))), Thread::startVirtualThread);
        assertThat(rig.agent.arrived.await(5, TimeUnit.SECONDS)).isTrue();
        CompletableFuture.runAsync(() -> stop(Duration.ofMillis(10)), Thread::startVirtualThread)
                .get(5, TimeUnit.SECONDS);
        assertThat(call.get(5, TimeUnit.SECONDS).problem()).isEqualTo(Problem.UNAVAILABLE);
    }

    private void stop(Duration grace) {
        try {
            rig.sidecar.stop(grace);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private Sidecar another(Path socket) {
        CsiConfig config = CsiConfig.from(Map.of(
                CsiConfig.SOCKET, socket.toString(),
                CsiConfig.AGENT_SOCKET, rig.config.agentSocket().toString()));
        return new Sidecar(config, "1", AgentLink.Bounds.DEFAULT, InstantSource.system());
    }
}
