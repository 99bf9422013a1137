package io.sagara.agent.metrics;

import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.LinkedHashMap;
import java.util.Map;

/// One metric and its values, by labels. Not for several threads.
final class Family {
    private final String name;
    private final String help;
    private final boolean counter;
    private final Map<Labels, Long> values = new LinkedHashMap<>();

    private Family(String name, String help, boolean counter) {
        this.name = name;
        this.help = help;
        this.counter = counter;
    }

    static Family gauge(String name, String help) {
        return new Family(name, help, false);
    }

    /// `name`: without the `_total` that the text format adds.
    static Family counter(String name, String help) {
        return new Family(name, help, true);
    }

    /// `labels`: name, value, name, value, …
    void put(long value, String... labels) {
        values.put(Labels.of(labels), value);
    }

    boolean isEmpty() {
        return values.isEmpty();
    }

    MetricSnapshot snapshot() {
        return counter ? counted() : measured();
    }

    private MetricSnapshot counted() {
        CounterSnapshot.Builder family = CounterSnapshot.builder().name(name).help(help);
        values.forEach((labels, value) -> family.dataPoint(CounterDataPointSnapshot.builder()
                .labels(labels)
                .value((double) value)
                .build()));
        return family.build();
    }

    private MetricSnapshot measured() {
        GaugeSnapshot.Builder family = GaugeSnapshot.builder().name(name).help(help);
        values.forEach((labels, value) -> family.dataPoint(GaugeDataPointSnapshot.builder()
                .labels(labels)
                .value((double) value)
                .build()));
        return family.build();
    }
}
