package io.sagara.agent.metrics;

import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.List;

/// Something that has metrics. Any thread may ask; an answer comes within seconds.
@FunctionalInterface
interface Metrics {
    /// As they are now. No two sources use the same name.
    List<MetricSnapshot> now();
}
