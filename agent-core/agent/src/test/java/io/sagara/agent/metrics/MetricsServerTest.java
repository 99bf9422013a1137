package io.sagara.agent.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sagara.agent.process.ProcessCost;
import io.sagara.api.CallWatch;
import io.sagara.api.v1.BrickStatus;
import io.sagara.api.v1.PoolPhase;
import io.sagara.api.v1.PoolSpec;
import io.sagara.api.v1.PoolStatus;
import io.sagara.api.v1.ProcessStatus;
import io.sagara.spi.Bytes;
import io.sagara.spi.StorageException;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MetricsServerTest {
    private static final PoolStatus POOL = PoolStatus.newBuilder()
            .setSpec(PoolSpec.newBuilder().setName("p1"))
            .setPhase(PoolPhase.DEGRADED)
            .setTotalBytes(1000)
            .setUsedBytes(300)
            .setTotalInodes(50)
            .setUsedInodes(7)
            .setPromisedBytes(400)
            .setVolumes(2)
            .setVolumesRebound(5)
            .addBricks(BrickStatus.newBuilder()
                    .setLocal(true)
                    .setSource("/data \"1\"")
                    .setState("RUNNING")
                    .setPid(11)
                    .setPendingHeals(3)
                    .setTotalBytes(1000)
                    .setFreeBytes(700)
                    .setRestarts(1))
            .addBricks(BrickStatus.newBuilder().setIndex(1).setSource("/elsewhere"))
            .addProcesses(ProcessStatus.newBuilder().setRole("quotad").setState("BACKOFF"))
            .build();

    private static MetricsServer serving(Metrics... sources) {
        return new MetricsServer(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), List.of(sources));
    }

    private static PoolMetrics pools(PoolStatus... pools) {
        return new PoolMetrics(
                "n1",
                () -> List.of(pools),
                pid -> pid == 11
                        ? Optional.of(new ProcessCost(new Bytes(4096), Duration.ofMillis(20)))
                        : Optional.empty());
    }

    private record Answer(int status, String type, String body) {}

    private static Answer ask(MetricsServer server, String method, String path) throws IOException {
        URI uri = URI.create("http://127.0.0.1:" + server.address().getPort() + path);
        HttpURLConnection call = (HttpURLConnection) uri.toURL().openConnection();
        call.setRequestMethod(method);
        int status = call.getResponseCode();
        String body = status == 200 ? new String(call.getInputStream().readAllBytes(), StandardCharsets.UTF_8) : "";
        return new Answer(status, String.valueOf(call.getContentType()), body);
    }

    private static List<String> metrics(Metrics... sources) throws IOException {
        try (MetricsServer server = serving(sources)) {
            Answer answer = ask(server, "GET", "/metrics");
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.type()).startsWith("text/plain; version=0.0.4");
            return answer.body().lines().filter(line -> !line.startsWith("#")).toList();
        }
    }

    @Test
    void aPoolIsToldWithKadalusNames() throws Exception {
        assertThat(metrics(pools(POOL)))
                .contains(
                        "kadalu_storage_total_capacity_bytes{name=\"p1\"} 1000.0",
                        "kadalu_storage_used_capacity_bytes{name=\"p1\"} 300.0",
                        "kadalu_storage_free_capacity_bytes{name=\"p1\"} 700.0",
                        "kadalu_storage_total_inodes{name=\"p1\"} 50.0",
                        "kadalu_storage_used_inodes{name=\"p1\"} 7.0",
                        "kadalu_storage_free_inodes{name=\"p1\"} 43.0",
                        "kadalu_memory_usage_in_bytes{name=\"n1\"} 4096.0",
                        "kadalu_cpu_usage_in_ns{name=\"n1\"} 2.0E7");
    }

    @Test
    void theStateOfPoolsBricksAndProcessesIsTold() throws Exception {
        assertThat(metrics(pools(POOL)))
                .contains(
                        "sagara_pool_phase{phase=\"DEGRADED\",pool=\"p1\"} 1.0",
                        "sagara_pool_phase{phase=\"READY\",pool=\"p1\"} 0.0",
                        "sagara_pool_promised_bytes{pool=\"p1\"} 400.0",
                        "sagara_pool_volumes{pool=\"p1\"} 2.0",
                        "sagara_volumes_rebound_total{pool=\"p1\"} 5.0",
                        "sagara_brick_up{brick=\"0\",pool=\"p1\",source=\"/data \\\"1\\\"\"} 1.0",
                        "sagara_brick_pending_heals{brick=\"0\",pool=\"p1\",source=\"/data \\\"1\\\"\"} 3.0",
                        "sagara_process_restarts_total{pool=\"p1\",role=\"brick-0\"} 1.0",
                        "sagara_process_up{pool=\"p1\",role=\"quotad\"} 0.0",
                        "sagara_process_resident_memory_bytes{pool=\"p1\",role=\"brick-0\"} 4096.0")
                // what other nodes' bricks are like is for their agents to say
                .noneMatch(line -> line.contains("elsewhere"));
    }

    @Test
    void whatIsNotKnownIsLeftOut() throws Exception {
        PoolStatus starting = POOL.toBuilder()
                .setTotalBytes(0)
                .setPhase(PoolPhase.STARTING)
                .clearBricks()
                .build();
        assertThat(metrics(pools(starting)))
                .noneMatch(line -> line.startsWith("kadalu_storage") || line.startsWith("sagara_brick"))
                .contains("sagara_pool_phase{phase=\"STARTING\",pool=\"p1\"} 1.0");
    }

    @Test
    void requestsAreCountedByMethodAndResult() throws Exception {
        var requests = new RequestMetrics();
        requests.ended("CreateVolume", CallWatch.OK, Duration.ofMillis(30));
        requests.ended("CreateVolume", CallWatch.OK, Duration.ofMillis(700));
        requests.ended("CreateVolume", "NO_SPACE", Duration.ofMillis(1));
        assertThat(metrics(requests))
                .contains(
                        "sagara_request_duration_seconds_bucket{method=\"CreateVolume\",result=\"OK\",le=\"0.025\"} 0",
                        "sagara_request_duration_seconds_bucket{method=\"CreateVolume\",result=\"OK\",le=\"0.05\"} 1",
                        "sagara_request_duration_seconds_count{method=\"CreateVolume\",result=\"OK\"} 2",
                        "sagara_request_duration_seconds_count{method=\"CreateVolume\",result=\"NO_SPACE\"} 1");
    }

    @Test
    void nothingElseIsAnswered() throws Exception {
        try (MetricsServer server = serving(pools(POOL))) {
            assertThat(ask(server, "POST", "/metrics").status()).isEqualTo(405);
            assertThat(ask(server, "GET", "/").status()).isEqualTo(404);
            assertThat(ask(server, "GET", "/metrics/../etc/passwd").status()).isEqualTo(404);
        }
    }

    @Test
    void aSourceThatFailsIsAnErrorAndTheNextScrapeIsServed() throws Exception {
        boolean[] fails = {true};
        Metrics source = () -> {
            if (fails[0]) {
                throw new IllegalStateException("no");
            }
            return List.of();
        };
        try (MetricsServer server = serving(source)) {
            assertThat(ask(server, "GET", "/metrics").status()).isEqualTo(500);
            fails[0] = false;
            assertThat(ask(server, "GET", "/metrics").status()).isEqualTo(200);
        }
    }

    @Test
    void anAddressThatIsTakenIsNamed() {
        try (MetricsServer server = serving(pools(POOL))) {
            assertThatThrownBy(() -> new MetricsServer(server.address(), List.of()))
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining(Integer.toString(server.address().getPort()))
                    .hasMessageContaining("SAGARA_METRICS");
        }
    }

    @Test
    void whatThisProcessCostsIsKnown() {
        assertThat(ProcessCost.of(ProcessHandle.current().pid()))
                .hasValueSatisfying(cost -> assertThat(cost.resident().value()).isGreaterThan(10_000_000));
        assertThat(ProcessCost.of(Long.MAX_VALUE)).isEmpty();
    }
}
