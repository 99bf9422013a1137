package io.sagara.agent.plugin;

import io.sagara.spi.Backend;
import io.sagara.spi.Brick;
import io.sagara.spi.BrickHealth;
import io.sagara.spi.Bricks;
import io.sagara.spi.Bytes;
import io.sagara.spi.Cluster;
import io.sagara.spi.Pool;
import io.sagara.spi.PoolMount;
import io.sagara.spi.Provisioning;
import io.sagara.spi.Volfile;
import io.sagara.spi.Volfiles;
import io.sagara.spi.Volume;
import io.sagara.spi.VolumeName;
import io.sagara.spi.VolumeUsage;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// A backend as the agent sees it: every method goes through the gate.
record GuardedBackend(Volfiles volfiles, Bricks bricks, Provisioning provisioning, Cluster cluster) implements Backend {
    GuardedBackend(BackendGate gate) {
        this(
                new GuardedVolfiles(gate),
                new GuardedBricks(gate),
                new GuardedProvisioning(gate),
                new GuardedCluster(gate));
    }

    private record GuardedVolfiles(BackendGate gate) implements Volfiles {
        @Override
        public Volfile brick(Pool pool, Brick brick, Path directory, int sharing) {
            return gate.call("Volfiles.brick", r -> r.volfiles().brick(pool, brick, directory, sharing));
        }

        @Override
        public Volfile client(Pool pool) {
            return gate.call("Volfiles.client", r -> r.volfiles().client(pool));
        }

        @Override
        public Volfile management(Pool pool) {
            return gate.call("Volfiles.management", r -> r.volfiles().management(pool));
        }

        @Override
        public Optional<Volfile> selfHeal(Pool pool) {
            return gate.call("Volfiles.selfHeal", r -> r.volfiles().selfHeal(pool));
        }

        @Override
        public Optional<Volfile> quota(Pool pool) {
            return gate.call("Volfiles.quota", r -> r.volfiles().quota(pool));
        }

        @Override
        public Optional<Volfile> rebalance(Pool pool) {
            return gate.call("Volfiles.rebalance", r -> r.volfiles().rebalance(pool));
        }
    }

    private record GuardedCluster(BackendGate gate) implements Cluster {
        @Override
        public List<String> refresh(Pool pool, Runnable changed) {
            return gate.call("Cluster.refresh", r -> r.cluster().refresh(pool, changed));
        }

        @Override
        public boolean enough(Pool pool, Map<Integer, Boolean> connected) {
            return gate.call("Cluster.enough", r -> r.cluster().enough(pool, connected));
        }

        @Override
        public List<String> mountArguments(Pool pool) {
            return gate.call("Cluster.mountArguments", r -> r.cluster().mountArguments(pool));
        }

        @Override
        public List<String> explain(Pool pool) {
            return gate.call("Cluster.explain", r -> r.cluster().explain(pool));
        }

        @Override
        public void forget(Pool pool) {
            gate.run("Cluster.forget", r -> r.cluster().forget(pool));
        }
    }

    private record GuardedBricks(BackendGate gate) implements Bricks {
        @Override
        public Path attach(Pool pool, Brick brick) {
            return gate.call("Bricks.attach", r -> r.bricks().attach(pool, brick));
        }

        @Override
        public void start(Pool pool, Brick brick, Path directory) {
            gate.run("Bricks.start", r -> r.bricks().start(pool, brick, directory));
        }

        @Override
        public void stop(Pool pool, Brick brick) {
            gate.run("Bricks.stop", r -> r.bricks().stop(pool, brick));
        }

        @Override
        public BrickHealth check(Pool pool, Brick brick, Path directory) {
            return gate.call("Bricks.check", r -> r.bricks().check(pool, brick, directory));
        }

        @Override
        public Bytes grow(Pool pool, Brick brick, Path directory) {
            return gate.call("Bricks.grow", r -> r.bricks().grow(pool, brick, directory));
        }

        @Override
        public void detach(Pool pool, Brick brick) {
            gate.run("Bricks.detach", r -> r.bricks().detach(pool, brick));
        }

        @Override
        public void erase(Pool pool, Brick brick) {
            gate.run("Bricks.erase", r -> r.bricks().erase(pool, brick));
        }
    }

    private record GuardedProvisioning(BackendGate gate) implements Provisioning {
        @Override
        public Volume create(PoolMount mount, VolumeName name, Volume.Kind kind, Bytes size) {
            return gate.call("Provisioning.create", r -> r.provisioning().create(mount, name, kind, size));
        }

        @Override
        public Volume create(PoolMount mount, VolumeName name, Volume.Kind kind, Bytes size, Runnable granted) {
            Callbacks ours = new Callbacks();
            return ours.through(() -> gate.call(
                    "Provisioning.create", r -> r.provisioning().create(mount, name, kind, size, ours.of(granted))));
        }

        @Override
        public Volume copy(PoolMount mount, VolumeName source, VolumeName name, Bytes size, Runnable granted) {
            Callbacks ours = new Callbacks();
            return ours.through(() -> gate.call(
                    "Provisioning.copy", r -> r.provisioning().copy(mount, source, name, size, ours.of(granted))));
        }

        @Override
        public Snapshot snapshot(PoolMount mount, VolumeName source, VolumeName name, Bytes size, Runnable granted) {
            Callbacks ours = new Callbacks();
            return ours.through(() -> gate.call(
                    "Provisioning.snapshot",
                    r -> r.provisioning().snapshot(mount, source, name, size, ours.of(granted))));
        }

        @Override
        public Optional<Snapshot> findSnapshot(PoolMount mount, VolumeName name) {
            return gate.call("Provisioning.findSnapshot", r -> r.provisioning().findSnapshot(mount, name));
        }

        @Override
        public Optional<VolumeName> source(PoolMount mount, VolumeName name) {
            return gate.call("Provisioning.source", r -> r.provisioning().source(mount, name));
        }

        @Override
        public Optional<String> signOfLife(PoolMount mount, VolumeName name) {
            return gate.call("Provisioning.signOfLife", r -> r.provisioning().signOfLife(mount, name));
        }

        @Override
        public Volume expand(PoolMount mount, VolumeName name, Bytes size) {
            return gate.call("Provisioning.expand", r -> r.provisioning().expand(mount, name, size));
        }

        @Override
        public void delete(PoolMount mount, VolumeName name) {
            gate.run("Provisioning.delete", r -> r.provisioning().delete(mount, name));
        }

        @Override
        public void archive(PoolMount mount, VolumeName name) {
            gate.run("Provisioning.archive", r -> r.provisioning().archive(mount, name));
        }

        @Override
        public void recover(PoolMount mount, VolumeName name) {
            gate.run("Provisioning.recover", r -> r.provisioning().recover(mount, name));
        }

        @Override
        public Optional<Volume> findArchived(PoolMount mount, VolumeName name) {
            return gate.call("Provisioning.findArchived", r -> r.provisioning().findArchived(mount, name));
        }

        @Override
        public void clear(PoolMount mount) {
            gate.run("Provisioning.clear", r -> r.provisioning().clear(mount));
        }

        @Override
        public Optional<String> caveat(Pool pool, VolumeName volume) {
            return gate.call("Provisioning.caveat", r -> r.provisioning().caveat(pool, volume));
        }

        @Override
        public Optional<VolumeUsage> counted(PoolMount mount, Volume volume) {
            return gate.call("Provisioning.counted", r -> r.provisioning().counted(mount, volume));
        }

        @Override
        public void deleteArchived(PoolMount mount, VolumeName name) {
            gate.run("Provisioning.deleteArchived", r -> r.provisioning().deleteArchived(mount, name));
        }

        @Override
        public Volume restore(PoolMount mount, VolumeName name) {
            return gate.call("Provisioning.restore", r -> r.provisioning().restore(mount, name));
        }

        @Override
        public Optional<Volume> findDeleted(PoolMount mount, VolumeName name) {
            return gate.call("Provisioning.findDeleted", r -> r.provisioning().findDeleted(mount, name));
        }

        @Override
        public void deleted(PoolMount mount, Consumer<Deleted> each) {
            Callbacks ours = new Callbacks();
            ours.run(() ->
                    gate.run("Provisioning.deleted", r -> r.provisioning().deleted(mount, ours.of(each))));
        }

        @Override
        public void purge(PoolMount mount, Purging purging) {
            Callbacks ours = new Callbacks();
            Purging guarded = new GuardedPurging(purging, ours);
            ours.run(() -> gate.run("Provisioning.purge", r -> r.provisioning().purge(mount, guarded)));
        }

        @Override
        public void purge(PoolMount mount) {
            gate.run("Provisioning.purge", r -> r.provisioning().purge(mount));
        }

        @Override
        public Optional<Volume> find(PoolMount mount, VolumeName name) {
            return gate.call("Provisioning.find", r -> r.provisioning().find(mount, name));
        }

        @Override
        public void list(PoolMount mount, Consumer<Volume> each, Consumer<String> broken) {
            Callbacks ours = new Callbacks();
            ours.run(() ->
                    gate.run("Provisioning.list", r -> r.provisioning().list(mount, ours.of(each), ours.of(broken))));
        }

        @Override
        public void inspect(PoolMount mount, Findings findings) {
            Callbacks ours = new Callbacks();
            Findings guarded = new GuardedFindings(
                    ours.of(findings::volume),
                    ours.of(findings::archived),
                    ours.of(findings::leftover),
                    ours.of(findings::broken));
            ours.run(
                    () -> gate.run("Provisioning.inspect", r -> r.provisioning().inspect(mount, guarded)));
        }
    }

    private record GuardedFindings(
            Consumer<Volume> eachVolume,
            Consumer<Volume> eachArchived,
            Consumer<VolumeName> eachLeftover,
            Consumer<String> eachBroken)
            implements Provisioning.Findings {
        @Override
        public void volume(Volume volume) {
            eachVolume.accept(volume);
        }

        @Override
        public void archived(Volume volume) {
            eachArchived.accept(volume);
        }

        @Override
        public void leftover(VolumeName name) {
            eachLeftover.accept(name);
        }

        @Override
        public void broken(String sentence) {
            eachBroken.accept(sentence);
        }
    }

    private record GuardedPurging(Provisioning.Purging ours, Callbacks callbacks) implements Provisioning.Purging {
        @Override
        public boolean due(Provisioning.Deleted volume) {
            AtomicBoolean due = new AtomicBoolean();
            callbacks.of(() -> due.set(ours.due(volume))).run();
            return due.get();
        }

        @Override
        public void removing() {
            callbacks.of(ours::removing).run();
        }
    }

    private static final class Callbacks {
        private final AtomicReference<RuntimeException> failure = new AtomicReference<>();

        /// Runs the backend. Our own failure on its way through it is not the backend's.
        void run(Runnable backend) {
            var _ = through(() -> {
                backend.run();
                return this;
            });
        }

        <T> Consumer<T> of(Consumer<T> consumer) {
            return item -> of(() -> consumer.accept(item)).run();
        }

        Runnable of(Runnable callback) {
            return () -> {
                try {
                    callback.run();
                } catch (RuntimeException e) {
                    failure.set(e);
                    throw e;
                }
            };
        }

        /// As [#run], with a result.
        <T> T through(Supplier<T> call) {
            try {
                return call.get();
            } catch (RuntimeException e) {
                RuntimeException own = failure.get();
                throw own != null && (own.equals(e) || own.equals(e.getCause())) ? own : e;
            }
        }
    }
}
