package io.sagara.agent.publish;

import io.sagara.agent.mount.PoolThreads;
import io.sagara.spi.PoolName;
import io.sagara.spi.StorageException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Heals one pool once: first the targets on the node, all at the same time, then every mount namespace that still
/// has a mount of a client that is gone. Every step has a deadline and waits on threads of this pool only.
final class HealingPass {
    private static final Logger LOG = LoggerFactory.getLogger(HealingPass.class);
    private static final Duration STEP = Duration.ofSeconds(10);

    private final Binding binding;
    private final PublicationRecords records;
    private final TargetLocks locks;
    private final PoolThreads threads;
    private final Path root;
    private final long device;
    private final Repairs repaired;
    private final Map<Path, String> problems = new ConcurrentHashMap<>();

    /// `root`, `device`: of the pool's present client.
    HealingPass(
            Binding binding,
            PublicationRecords records,
            TargetLocks locks,
            PoolThreads threads,
            Path root,
            long device,
            Repairs repaired) {
        this.binding = binding;
        this.records = records;
        this.locks = locks;
        this.threads = threads;
        this.root = root;
        this.device = device;
        this.repaired = repaired;
    }

    /// Returns whether nothing is left to be done.
    boolean run(PoolName pool) throws IOException {
        boolean bound = all(records.of(pool), this::renew);
        List<Publication> former = records.of(pool).stream()
                .filter(publication -> !publication.devices().equals(Set.of(device)))
                .toList();
        boolean looked = former.isEmpty() || repair(former);
        repaired.tell(problems)
                .forEach((target, problem) -> LOG.atWarn()
                        .addKeyValue("pool", pool)
                        .addKeyValue("target", target)
                        .addKeyValue("problem", problem)
                        .log("volume not healed, trying again"));
        boolean settled = true;
        for (Publication publication : former) {
            settled &= looked && !problems.containsKey(publication.target()) && settle(publication);
        }
        return bound && settled;
    }

    private boolean renew(Publication publication) {
        Path target = publication.target();
        try {
            if (threads.call(
                    "bind volume " + publication.volume(), STEP, () -> locks.alone(target, () -> again(target)))) {
                repaired.volume();
                LOG.atInfo()
                        .addKeyValue("pool", publication.pool())
                        .addKeyValue("volume", publication.volume())
                        .addKeyValue("target", target)
                        .log("volume bound anew");
            }
            return true;
        } catch (IOException | StorageException e) {
            problems.put(target, "it cannot be bound anew: " + e.getMessage());
            return false;
        }
    }

    private boolean again(Path target) throws IOException {
        // it may have been unpublished meanwhile
        var now = records.at(target);
        return now.isPresent()
                && binding.renew(now.get(), source(root, now.get().root()), device);
    }

    /// What the pool mounted at `poolRoot` has at `inside`.
    static Path source(Path poolRoot, Path inside) {
        return poolRoot.resolve(Path.of("/").relativize(inside));
    }

    private boolean repair(List<Publication> former) throws IOException {
        ContainerMounts containers = new ContainerMounts(former, root, device);
        return all(Namespaces.processes(), pids -> {
            boolean looked = true;
            for (long pid : pids) {
                looked &= repair(containers, pid);
            }
            return looked;
        });
    }

    private boolean repair(ContainerMounts containers, long pid) {
        try {
            threads.call("heal process " + pid, STEP, () -> containers.repair(pid))
                    .forEach(this::tell);
            return true;
        } catch (IOException | StorageException e) {
            // it may have ended, and another process may have its namespace: the next pass finds it
            LOG.atDebug().addKeyValue("pid", pid).setCause(e).log("mounts of a process not looked at");
            return false;
        }
    }

    private void tell(ContainerMounts.Outcome outcome) {
        if (outcome.repaired()) {
            repaired.container();
            Publication shown = outcome.publications().getFirst();
            LOG.atInfo()
                    .addKeyValue("pool", shown.pool())
                    .addKeyValue("volume", shown.volume())
                    .addKeyValue("pid", outcome.pid())
                    .addKeyValue("point", outcome.point())
                    .log("container got the new mount");
        } else {
            String advice = "process " + outcome.pid() + " still has a dead mount at " + outcome.point() + " ("
                    + outcome.problem() + "); restart its pod";
            outcome.publications().forEach(publication -> problems.put(publication.target(), advice));
        }
    }

    /// Forgets the former clients of a publication that nobody has mounts of any more.
    private boolean settle(Publication publication) throws IOException {
        try {
            return locks.alone(publication.target(), () -> {
                records.at(publication.target())
                        .filter(now -> now.devices().equals(publication.devices()))
                        .ifPresent(now -> records.put(now.with(Set.of(device))));
                return true;
            });
        } catch (StorageException e) {
            // a request has it just now
            return false;
        }
    }

    private interface Step<T> {
        boolean run(T on);
    }

    private static <T> boolean all(List<T> items, Step<T> step) {
        try (ExecutorService tasks = Executors.newVirtualThreadPerTaskExecutor()) {
            boolean done = true;
            for (Future<Boolean> result : tasks.invokeAll(items.stream()
                    .map(item -> (Callable<Boolean>) () -> step.run(item))
                    .toList())) {
                done &= result.get();
            }
            return done;
        } catch (ExecutionException e) {
            throw new IllegalStateException("a step of healing failed", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
