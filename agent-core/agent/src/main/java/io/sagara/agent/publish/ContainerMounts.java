package io.sagara.agent.publish;

import io.sagara.agent.posix.MountInfo;
import io.sagara.agent.posix.MountNamespace;
import io.sagara.agent.posix.MountTree;
import io.sagara.agent.posix.Place;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Gives processes in other mount namespaces the new mount in the place of one whose client is gone. Their open
/// files stay dead; what they open from then on is there again. To be called on a thread of the pool.
final class ContainerMounts {
    private static final Duration EXCHANGE = Duration.ofSeconds(5);

    private final List<Publication> publications;
    private final Path root;
    private final long device;

    /// `publications`: of one pool, whose present client has it mounted at `root` as `device`.
    ContainerMounts(List<Publication> publications, Path root, long device) {
        this.publications = List.copyOf(publications);
        this.root = root;
        this.device = device;
    }

    /// What became of one dead mount. `publications`: those of the volume it shows; which of them it was bound from,
    /// nobody knows. `problem`: empty where it was exchanged.
    record Outcome(List<Publication> publications, long pid, Path point, String problem) {
        boolean repaired() {
            return problem.isEmpty();
        }
    }

    /// Exchanges all dead mounts that the process sees. Empty where there are none.
    List<Outcome> repair(long pid) throws IOException {
        MountInfo mounts = MountInfo.of(pid);
        List<Outcome> outcomes = new ArrayList<>();
        for (MountInfo.Mount mount : mounts.all()) {
            List<Publication> shown = publications.stream()
                    .filter(publication -> mount.device() != device && publication.shownBy(mount))
                    .toList();
            if (!shown.isEmpty()) {
                String problem = problem(mounts, mount).orElseGet(() -> exchange(pid, mount));
                outcomes.add(new Outcome(shown, pid, mount.point(), problem));
            }
        }
        return outcomes;
    }

    /// Why it cannot be exchanged, if so.
    private static Optional<String> problem(MountInfo mounts, MountInfo.Mount mount) {
        if (mounts.hasChildren(mount)) {
            // they would vanish, and the process would go on in the directories below them
            return Optional.of("something is mounted below it");
        }
        if (mount.options().contains("idmapped")) {
            return Optional.of("it is an idmapped mount");
        }
        if (mount.point().getFileName() == null) {
            return Optional.of("it is the root directory");
        }
        return Optional.empty();
    }

    private String exchange(long pid, MountInfo.Mount dead) {
        // from the pool itself: what is at a target may be someone else's by now
        Path source = HealingPass.source(root, dead.root());
        try (MountNamespace namespace = MountNamespace.of(pid);
                Place place = namespace.place(dead.point())) {
            // the number of a mount is its own in all namespaces: no renamed directory and no recycled pid passes
            if (place.look().filter(there -> there.mount() == dead.id()).isEmpty()) {
                return "it has moved meanwhile";
            }
            if (!place.dead()) {
                return "its client still answers";
            }
            try (MountTree tree = MountTree.of(source)) {
                tree.like(dead);
                namespace.replace(place, tree, EXCHANGE);
            }
            return "";
        } catch (IOException e) {
            return String.valueOf(e.getMessage());
        }
    }
}
