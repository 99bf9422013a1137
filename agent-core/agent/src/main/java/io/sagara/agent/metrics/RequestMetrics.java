package io.sagara.agent.metrics;

import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.Unit;
import io.sagara.api.CallWatch;
import java.time.Duration;
import java.util.List;

/// How long the calls of the agent's API took, by method and result.
public final class RequestMetrics implements CallWatch, Metrics {
    /// From a publish on a quiet node (3 ms) to the longest deadline that Kubernetes' sidecars are given here (60 s).
    private static final double[] BOUNDS = {0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60};

    private final Histogram took = Histogram.builder()
            .name("sagara_request_duration_seconds")
            .unit(Unit.SECONDS)
            .help("Duration of the calls of the agent's API")
            .labelNames("method", "result")
            .classicOnly()
            .classicUpperBounds(BOUNDS)
            .build();

    @Override
    public void ended(String method, String result, Duration duration) {
        took.labelValues(method, result).observe(Unit.nanosToSeconds(duration.toNanos()));
    }

    @Override
    public List<MetricSnapshot> now() {
        return List.of(took.collect());
    }
}
