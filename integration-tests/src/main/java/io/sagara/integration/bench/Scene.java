package io.sagara.integration.bench;

import io.sagara.csi.v1.Volume;
import io.sagara.integration.CsiClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/// Volumes are made, staged, published, taken away and deleted by as many callers, in several rounds. Each round
/// does some of every operation, the floors too, so that what disturbs the machine disturbs all of them.
final class Scene {
    /// What is measured, in this order.
    enum Step {
        FLOOR_CREATE("floor of a create", null),
        CREATE("CreateVolume", FLOOR_CREATE),
        STAGE("NodeStage", null),
        PUBLISH("NodePublish", null),
        UNPUBLISH("NodeUnpublish", null),
        FLOOR_DELETE("floor of a delete", null),
        DELETE("DeleteVolume", FLOOR_DELETE);

        private final String title;
        private final @Nullable Step floor;

        Step(String title, @Nullable Step floor) {
            this.title = title;
            this.floor = floor;
        }
    }

    private final String pool;
    private final Path directory;
    private final CsiClient csi;
    private final Floor floor;
    private final long size;

    /// `directory`: where volumes are published.
    Scene(String pool, Path directory, CsiClient csi, Floor floor, long size) {
        this.pool = pool;
        this.directory = directory;
        this.csi = csi;
        this.floor = floor;
        this.size = size;
    }

    /// Runs it with `count` volumes whose names begin with `prefix`, and leaves none of them.
    Map<Step, Latencies> run(String prefix, int callers, int count, int rounds)
            throws IOException, ExecutionException, InterruptedException {
        AtomicReferenceArray<Volume> volumes = new AtomicReferenceArray<>(count);
        Path pods = Files.createDirectories(directory.resolve(prefix));
        Map<Step, Latencies> all = new EnumMap<>(Step.class);
        for (int round = 0; round < rounds; round++) {
            int first = count * round / rounds;
            int end = count * (round + 1) / rounds;
            for (Step step : Step.values()) {
                Latencies.Operation operation = operation(step, prefix, volumes, pods);
                if (step == Step.STAGE) {
                    for (int i = first; i < end; i++) {
                        Files.createDirectory(pods.resolve("staging-" + i));
                    }
                }
                all.merge(step, Latencies.measure(callers, first, end, operation), Latencies::and);
                if (step == Step.UNPUBLISH) {
                    for (int i = first; i < end; i++) {
                        csi.unstage(volumes.get(i).getVolumeId(), pods.resolve("staging-" + i));
                    }
                }
            }
        }
        return all;
    }

    private Latencies.Operation operation(Step step, String prefix, AtomicReferenceArray<Volume> volumes, Path pods) {
        return switch (step) {
            case FLOOR_CREATE -> i -> floor.create(prefix + i, size);
            case CREATE -> i -> volumes.set(i, csi.create(prefix + i, pool, size));
            case STAGE -> i -> csi.stage(volumes.get(i), pods.resolve("staging-" + i));
            case PUBLISH ->
                i -> csi.publishStaged(volumes.get(i), pods.resolve("staging-" + i), pods.resolve("pod-" + i));
            case UNPUBLISH -> i -> csi.unpublish(volumes.get(i).getVolumeId(), pods.resolve("pod-" + i));
            case FLOOR_DELETE -> i -> floor.delete(prefix + i);
            case DELETE -> i -> csi.delete(volumes.get(i).getVolumeId());
        };
    }

    /// A line for each step; behind what has a floor, how much of it that is.
    static void print(Map<Step, Latencies> measured) {
        measured.forEach((step, latencies) -> {
            Latencies below = step.floor == null ? null : measured.get(step.floor);
            String ratio = below == null
                    ? ""
                    : String.format(Locale.ROOT, "   %.2f of the floor", latencies.perSecond() / below.perSecond());
            System.out.printf(Locale.ROOT, "  %-18s %s%s%n", step.title, latencies, ratio);
        });
    }
}
