package io.sagara.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.sagara.api.v1.ProcessStatus;
import io.sagara.csi.v1.Volume;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What Prometheus sees of a real pool, also while it hangs.
class MetricsIT {
    private static final long MIB = Scene.MIB;
    private static final Pattern ADDRESS = Pattern.compile("serving metrics.*?:(\\d+)|:(\\d+)\"? *serving metrics");

    private Scene scene;

    @BeforeEach
    void open() throws IOException {
        scene = new Scene();
    }

    @AfterEach
    void close() throws Exception {
        if (scene != null) {
            scene.close();
        }
    }

    @Test
    void prometheusSeesPoolsVolumesRequestsAndRestarts() throws Exception {
        Path yaml = scene.yaml(Scene.replica1("p1", "path: " + scene.newDirectory("d")));
        Standalone sagara = scene.keep(
                new Standalone(Scene.home(), scene.path("state"), yaml, Map.of("SAGARA_METRICS", "127.0.0.1:0")));
        URI metrics = URI.create("http://127.0.0.1:" + port(sagara) + "/metrics");
        CsiClient csi = scene.csi(sagara);
        Volume volume = csi.create("pvc-1", "p1", 64 * MIB);
        Path pod = scene.path("pod");
        csi.publish(volume, scene.newDirectory("staging"), pod);
        Load.write(pod.resolve("a"), 8 * MIB);

        Map<String, Double> seen = scrape(metrics);
        assertThat(seen.get("kadalu_pvc_total_capacity_bytes{name=\"pvc-1\"}")).isEqualTo(64.0 * MIB);
        assertThat(seen.get("kadalu_pvc_used_capacity_bytes{name=\"pvc-1\"}")).isBetween(8.0 * MIB, 9.0 * MIB);
        assertThat(seen.get("kadalu_storage_total_capacity_bytes{name=\"p1\"}")).isGreaterThan(64.0 * MIB);
        assertThat(seen.get("sagara_pool_promised_bytes{pool=\"p1\"}")).isEqualTo(64.0 * MIB);
        assertThat(seen.get("sagara_pool_phase{phase=\"READY\",pool=\"p1\"}")).isEqualTo(1);
        assertThat(seen.get("sagara_request_duration_seconds_count{method=\"CreateVolume\",result=\"OK\"}"))
                .isEqualTo(1);
        assertThat(seen.get("sagara_process_resident_memory_bytes{pool=\"p1\",role=\"client\"}"))
                .isGreaterThan(5.0 * MIB);
        assertThat(seen.get("kadalu_memory_usage_in_bytes{name=\"localhost\"}")).isGreaterThan(50.0 * MIB);

        assertThat(named("alerts.yaml")).isNotEmpty().allMatch(name -> told(name, seen));
        assertThat(named("dashboard.json")).isNotEmpty().allMatch(name -> told(name, seen));

        try (Frozen _ = new Frozen(sagara, "p1")) {
            long began = System.nanoTime();
            Map<String, Double> hung = scrape(metrics);
            // Prometheus gives up after 10 s
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(9));
            assertThat(hung.get("sagara_volume_answers{name=\"pvc-1\"}")).isZero();
            assertThat(hung).doesNotContainKey("kadalu_pvc_used_capacity_bytes{name=\"pvc-1\"}");
        }
        Shell.check("kill", "-9", String.valueOf(client(sagara)));
        Await.until(
                "the client that was killed runs again and its volume answers",
                () -> scrape(metrics),
                now -> now.getOrDefault("sagara_process_restarts_total{pool=\"p1\",role=\"client\"}", 0.0) >= 1
                        && Double.valueOf(1).equals(now.get("sagara_volume_answers{name=\"pvc-1\"}"))
                        && now.getOrDefault("sagara_volumes_rebound_total{pool=\"p1\"}", 0.0) >= 1);
        csi.unpublish("pvc-1", pod);
        csi.unstage("pvc-1", scene.path("staging"));
    }

    /// The names of our metrics that a file of deploy/monitoring uses.
    private static Set<String> named(String file) throws IOException {
        String text = Files.readString(Scene.home().resolve("deploy/monitoring").resolve(file));
        return Pattern.compile("\\b(sagara|kadalu)_[a-z_]+")
                .matcher(text)
                .results()
                .map(MatchResult::group)
                .collect(Collectors.toSet());
    }

    private static boolean told(String name, Map<String, Double> seen) {
        return seen.keySet().stream().anyMatch(metric -> metric.startsWith(name + "{"));
    }

    private static long client(Standalone sagara) {
        return sagara.pool("p1").getProcessesList().stream()
                .filter(process -> process.getRole().equals("client"))
                .mapToLong(ProcessStatus::getPid)
                .findFirst()
                .orElseThrow();
    }

    private static String port(Standalone sagara) throws IOException {
        String log = Files.readString(sagara.state().resolve("log/agent.log"));
        return ADDRESS.matcher(log)
                .results()
                .map(found -> found.group(1) != null ? found.group(1) : found.group(2))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no address of metrics in the log: " + log));
    }

    private static Map<String, Double> scrape(URI metrics) throws IOException {
        URLConnection call = metrics.toURL().openConnection();
        call.setReadTimeout((int) Duration.ofSeconds(20).toMillis());
        try (InputStream answer = call.getInputStream()) {
            return Pattern.compile("(?m)^([a-z][^ ]*(?:\\{.*})?) (\\S+)$")
                    .matcher(new String(answer.readAllBytes(), StandardCharsets.UTF_8))
                    .results()
                    .collect(Collectors.toMap(line -> line.group(1), line -> Double.valueOf(line.group(2))));
        }
    }
}
