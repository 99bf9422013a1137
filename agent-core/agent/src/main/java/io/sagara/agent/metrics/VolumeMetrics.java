package io.sagara.agent.metrics;

import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.sagara.agent.publish.VolumeUses;
import io.sagara.spi.VolumeUsage;
import java.util.List;
import java.util.stream.Stream;

/// Volumes that are published on this node, with Kadalu's names: `name` is that of the volume, which is the PV's.
final class VolumeMetrics implements Metrics {
    private final VolumeUses uses;

    VolumeMetrics(VolumeUses uses) {
        this.uses = uses;
    }

    @Override
    public List<MetricSnapshot> now() {
        Family total = Family.gauge("kadalu_pvc_total_capacity_bytes", "Size of the volume");
        Family used = Family.gauge("kadalu_pvc_used_capacity_bytes", "Space of the volume in use");
        Family free = Family.gauge("kadalu_pvc_free_capacity_bytes", "Free space of the volume");
        Family inodes = Family.gauge("kadalu_pvc_total_inodes", "Inodes of the volume");
        Family usedInodes = Family.gauge("kadalu_pvc_used_inodes", "Inodes of the volume in use");
        Family freeInodes = Family.gauge("kadalu_pvc_free_inodes", "Free inodes of the volume");
        Family answers = Family.gauge("sagara_volume_answers", "Whether the volume can be used where it is published");
        uses.now().forEach((volume, use) -> {
            String[] label = {"name", volume.value()};
            answers.put(use.isPresent() ? 1 : 0, label);
            use.ifPresent(known -> {
                total.put(known.total().value(), label);
                used.put(known.used().value(), label);
                free.put(known.free().value(), label);
                inodes.put(known.inodes(), label);
                usedInodes.put(known.usedInodes(), label);
                freeInodes.put(freeInodes(known), label);
            });
        });
        return Stream.of(total, used, free, inodes, usedInodes, freeInodes, answers)
                .filter(family -> !family.isEmpty())
                .map(Family::snapshot)
                .toList();
    }

    private static long freeInodes(VolumeUsage usage) {
        return Math.max(0, usage.inodes() - usage.usedInodes());
    }
}
