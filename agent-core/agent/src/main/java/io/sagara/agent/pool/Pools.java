package io.sagara.agent.pool;

import io.sagara.agent.mount.PoolClient;
import io.sagara.api.v1.CreateVolumeRequest;
import io.sagara.api.v1.PoolSpec;
import io.sagara.api.v1.PoolStatus;
import io.sagara.api.v1.TlsMaterial;
import io.sagara.spi.ExternalVolume;
import io.sagara.spi.Layout;
import io.sagara.spi.Pool;
import io.sagara.spi.PoolName;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// All pools of this node. Two requests for one pool at the same time: the second is BUSY.
public final class Pools {
    private static final Logger LOG = LoggerFactory.getLogger(Pools.class);

    private final PoolPlan plan;
    private final DesiredState desired;
    private final Backends backends;
    private final Function<PoolSpec, PoolRuntime> maker;
    private final PoolReport report;
    private final Consumer<PoolName> forget;
    private final Map<PoolName, PoolRuntime> served = new ConcurrentSkipListMap<>();
    private final Map<PoolName, Boolean> inProgress = new ConcurrentHashMap<>();
    private volatile boolean resumed;
    private final Map<Path, String> broken = new ConcurrentSkipListMap<>();

    Pools(
            PoolPlan plan,
            DesiredState desired,
            Backends backends,
            Function<PoolSpec, PoolRuntime> maker,
            PoolReport report,
            Consumer<PoolName> forget) {
        this.plan = plan;
        this.desired = desired;
        this.backends = backends;
        this.maker = maker;
        this.report = report;
        this.forget = forget;
    }

    /// Takes up every pool of the desired state, all at the same time, and returns at once.
    public void resume() {
        Map<PoolName, PoolSpec> specs = desired.load((file, reason) -> {
            broken.put(file, reason);
            LOG.atError()
                    .addKeyValue("file", file)
                    .addKeyValue("reason", reason)
                    .log(
                            "pool cannot be served: its file is damaged; restore it, or remove it and apply the pool again with its volume_id");
        });
        specs.forEach((name, spec) -> {
            PoolRuntime runtime = maker.apply(spec);
            served.put(name, runtime);
            runtime.takeUpInBackground();
        });
        resumed = true;
    }

    /// Whether every pool was tried once.
    public boolean settled() {
        return resumed && served.values().stream().allMatch(PoolRuntime::tried);
    }

    /// Files of the desired state that cannot be read, with the reason.
    public Map<Path, String> broken() {
        return Map.copyOf(broken);
    }

    /// Serves the pool as asked; see the API.
    public PoolStatus apply(PoolSpec asked, Optional<TlsMaterial> material, Consumer<String> progress) {
        PoolName name = new PoolName(asked.getName());
        return alone(name, () -> {
            Optional<PoolRuntime> present = find(name);
            PoolSpec complete = plan.complete(asked, present.map(PoolRuntime::spec));
            PoolSpecs.pool(complete).bricks().forEach(brick -> backends.check(brick.unit()));
            refuseSharedUnits(name, complete);
            if (present.isPresent()) {
                material.ifPresent(present.get().around().certificates()::give);
                present.get().change(complete, progress);
            } else {
                begin(asked, complete, material, progress);
            }
            return status(name);
        });
    }

    private void begin(PoolSpec asked, PoolSpec complete, Optional<TlsMaterial> material, Consumer<String> progress) {
        PoolName name = new PoolName(asked.getName());
        // saved first: a crash in the middle of taking it up must not forget the ids that are on disk by then
        desired.save(complete);
        PoolRuntime runtime = maker.apply(complete);
        served.put(name, runtime);
        try {
            material.ifPresent(runtime.around().certificates()::give);
            runtime.takeUp(progress);
        } catch (StorageException e) {
            undo(name, asked, runtime, e);
            throw e;
        }
    }

    /// A pool that could not be begun leaves nothing behind. Where its id is new, only this attempt can have
    /// written it, so what carries it may go; an id that the user gave may name data that was there before,
    /// which stays.
    private void undo(PoolName name, PoolSpec asked, PoolRuntime runtime, StorageException reason) {
        boolean freshId = asked.getId().isEmpty();
        try {
            runtime.abandon(freshId);
        } catch (StorageException e) {
            reason.addSuppressed(e);
            LOG.atDebug()
                    .addKeyValue("pool", name)
                    .setCause(e)
                    .log("units of a refused pool could not all be given back");
        }
        forget(name);
        desired.remove(name);
    }

    private void forget(PoolName name) {
        served.remove(name);
        forget.accept(name);
    }

    /// The client that volumes of a pool are bound from; UNAVAILABLE where it was never started.
    PoolClient client(PoolName name) {
        return find(name)
                .orElseThrow(() -> new StorageException(Problem.NOT_FOUND, "no pool '" + name + "' on this node"))
                .around()
                .clients()
                .volumes();
    }

    /// What is done for the data of a pool that is served here.
    public PoolCare care(PoolName name) {
        return find(name).orElseThrow(() -> unknown(name)).around().care();
    }

    /// Begins one brick of a pool anew, empty; see the API.
    public void replaceBrick(PoolName name, int unit, boolean force, Consumer<String> progress) {
        var _ = alone(name, () -> {
            find(name).orElseThrow(() -> unknown(name)).replace(unit, force, progress);
            return name;
        });
    }

    private StorageException unknown(PoolName name) {
        return new StorageException(
                Problem.NOT_FOUND, "no pool '" + name + "' on this node; there are: " + served.keySet());
    }

    private void refuseSharedUnits(PoolName name, PoolSpec complete) {
        Pool asked = PoolSpecs.pool(complete);
        List<String> units = new ArrayList<>();
        asked.bricks().forEach(brick -> {
            String unit = brick.unit().toString();
            if (units.contains(unit)) {
                throw new StorageException(
                        Problem.INVALID_ARGUMENT,
                        "pool " + name + " lists " + unit + " twice; every brick needs storage of its own");
            }
            units.add(unit);
        });
        for (PoolRuntime other : served.values()) {
            if (!other.pool().name().equals(name)) {
                refuseSharedVolume(asked, other.pool());
                other.pool().bricks().stream()
                        .filter(brick -> units.contains(brick.unit().toString()))
                        .findFirst()
                        .ifPresent(brick -> {
                            throw new StorageException(
                                    Problem.IN_USE,
                                    "pool " + name + ": " + brick.unit() + " belongs to pool "
                                            + other.pool().name() + "; choose other storage");
                        });
            }
        }
    }

    /// Two pools in one volume of a cluster would each take the other's account for their own.
    private static void refuseSharedVolume(Pool asked, Pool other) {
        if (asked.layout() instanceof Layout.External(ExternalVolume wanted)
                && other.layout() instanceof Layout.External(ExternalVolume taken)
                && wanted.volume().equals(taken.volume())
                && wanted.hosts().stream().anyMatch(taken.hosts()::contains)) {
            throw new StorageException(
                    Problem.IN_USE,
                    "pool " + asked.name() + ": volume " + wanted.volume() + " of " + wanted.hosts()
                            + " belongs to pool " + other.name() + "; make one pool of it, or name another volume");
        }
    }

    /// Stops serving a pool and forgets it. Removing an unknown pool succeeds. The caller has made sure that
    /// none of its volumes is published.
    public void remove(PoolName name, boolean erase, Consumer<String> progress) {
        var _ = alone(name, () -> {
            Optional<PoolRuntime> runtime = find(name);
            runtime.ifPresent(pool -> pool.stop(erase, progress));
            desired.remove(name);
            forget(name);
            return name;
        });
    }

    /// Ends all processes and mounts of all pools, one pool after the other, and keeps them in the desired
    /// state unless their data is erased. Goes on after a failure and throws the first at the end.
    public void stopAll(boolean erase, Consumer<String> progress) {
        StorageException first = null;
        for (PoolRuntime pool : List.copyOf(served.values())) {
            PoolName name = pool.pool().name();
            try {
                progress.accept("pool " + name + (erase ? ": stopping and erasing" : ": stopping"));
                // what is in a cluster of someone else goes only when its pool is named
                pool.stop(erase && !pool.pool().bricks().isEmpty(), progress);
                forget(name);
                if (erase) {
                    desired.remove(name);
                }
            } catch (StorageException e) {
                progress.accept("pool " + name + ": " + e.getMessage());
                first = first == null ? e : first;
            }
        }
        if (first != null) {
            throw first;
        }
    }

    /// Lets go of all pools and leaves their processes and mounts as they are.
    public void leaveAll() {
        served.values().forEach(PoolRuntime::leave);
    }

    /// How a pool is; NOT_FOUND, naming those there are, where it is not known.
    public PoolStatus status(PoolName name) {
        return report.of(find(name).orElseThrow(() -> unknown(name)));
    }

    /// The directories and files in which pools keep their data here, as far as they are known.
    List<Path> storage() {
        List<Path> storage = new ArrayList<>();
        for (PoolRuntime pool : served.values()) {
            storage.addAll(pool.around().bricks().directories().values());
            pool.around().bricks().of(pool.pool()).stream()
                    .map(brick -> brick.unit().source())
                    .filter(source -> source.startsWith("/"))
                    .map(Path::of)
                    .forEach(storage::add);
        }
        return storage;
    }

    /// The pool that a request means which names none, where it is about a volume of a cluster; empty where
    /// it is not. Throws, listing the pools, where there is none or several.
    public Optional<PoolName> external(CreateVolumeRequest request) {
        return ExternalChoice.of(
                request, served.values().stream().map(PoolRuntime::spec).toList());
    }

    /// The names of all pools, in order.
    public List<PoolName> names() {
        return List.copyOf(served.keySet());
    }

    /// How all pools are, in the order of their names.
    public List<PoolStatus> statuses() {
        return served.values().stream().map(report::of).toList();
    }

    private Optional<PoolRuntime> find(PoolName name) {
        return Optional.ofNullable(served.get(name));
    }

    private <T> T alone(PoolName name, Supplier<T> task) {
        if (inProgress.putIfAbsent(name, true) != null) {
            throw new StorageException(
                    Problem.BUSY, "pool " + name + " is being changed right now; repeat the request when that is done");
        }
        try {
            return task.get();
        } finally {
            inProgress.remove(name);
        }
    }
}
