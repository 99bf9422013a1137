package io.sagara.agent.volume;

import io.sagara.spi.Bytes;
import io.sagara.spi.Problem;
import io.sagara.spi.VolumeName;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AfterTry;
import net.jqwik.api.state.Action;
import net.jqwik.api.state.ActionChain;
import net.jqwik.api.state.ActionChainArbitrary;
import net.jqwik.api.state.Transformer;

/// Any sequence of creates, copies, snapshots, restores, expansions, deletes, archivings, deaths at any step of
/// them, restarts and rebuilds of the account, beside a plain map.
class PoolModelProperties {
    private static final int STEPS = 24;
    private static final int LENGTH = 20;
    private static final VolumeName COPIED = new VolumeName("a");
    private static final VolumeName KEPT = new VolumeName("b");

    private final List<ModelledPool> open = new CopyOnWriteArrayList<>();

    @Property(tries = 60)
    void noSequenceLosesAVolumeOrMiscountsThePool(@ForAll("sequences") ActionChain<ModelledPool> sequence) {
        sequence.withInvariant("the pool is as the map says", ModelledPool::check)
                .run();
    }

    @AfterTry
    void removeThePools() throws IOException {
        for (ModelledPool pool : open) {
            pool.close();
        }
        open.clear();
    }

    private ModelledPool pool() {
        ModelledPool pool = new ModelledPool();
        open.add(pool);
        return pool;
    }

    @Provide
    ActionChainArbitrary<ModelledPool> sequences() {
        return ActionChain.startWith(this::pool)
                .withAction(
                        6,
                        each(
                                "create",
                                sized(),
                                (pool, it) -> pool.create(it.name(), it.size()),
                                (pool, it) -> pool.refusesCreate(it.name(), it.size())))
                .withAction(
                        3,
                        each(
                                "copy of a",
                                sized(),
                                (pool, it) -> pool.copy(COPIED, it.name(), it.size()),
                                (pool, it) -> pool.refusesCopy(COPIED, it.name(), it.size())))
                .withAction(
                        3,
                        each(
                                "snapshot of a",
                                sized(),
                                (pool, it) -> pool.snapshot(COPIED, it.name()),
                                (pool, it) -> pool.refusesSnapshot(COPIED, it.name())))
                .withAction(
                        2,
                        each(
                                "restore of b",
                                sized(),
                                (pool, it) -> pool.restore(KEPT, it.name(), it.size()),
                                (pool, it) -> pool.refusesRestore(KEPT, it.name(), it.size())))
                .withAction(
                        2,
                        each(
                                "delete snapshot",
                                sized(),
                                (pool, it) -> pool.deleteSnapshot(it.name()),
                                (pool, it) -> Optional.empty()))
                .withAction(
                        4,
                        each(
                                "expand",
                                sized(),
                                (pool, it) -> pool.expand(it.name(), it.size()),
                                (pool, it) -> pool.refusesExpand(it.name(), it.size())))
                .withAction(
                        3,
                        each("delete", sized(), (pool, it) -> pool.delete(it.name()), (pool, it) -> Optional.empty()))
                .withAction(
                        2,
                        each("archive", sized(), (pool, it) -> pool.archive(it.name()), (pool, it) -> Optional.empty()))
                .withAction(1, just("restart", ModelledPool::restart))
                .withAction(1, just("lose stat.db", pool -> pool.rebuild(false)))
                .withAction(1, just("damage stat.db", pool -> pool.rebuild(true)))
                .withMaxTransformations(LENGTH);
    }

    /// What a call is about. `step`: at which it dies; 0 = it does not, more than it has = before the account is told.
    record Subject(VolumeName name, Bytes size, int step) {}

    private static Arbitrary<Subject> sized() {
        Arbitrary<VolumeName> names = Arbitraries.of("a", "b", "c", "pvc-1").map(VolumeName::new);
        Arbitrary<Bytes> sizes = Arbitraries.integers().between(1, 60).map(mib -> Bytes.mib(mib));
        Arbitrary<Integer> steps = Arbitraries.frequencyOf(
                Tuple.of(3, Arbitraries.just(0)),
                Tuple.of(2, Arbitraries.integers().between(1, STEPS)));
        return Combinators.combine(names, sizes, steps).as(Subject::new);
    }

    private static Action.Independent<ModelledPool> each(
            String what,
            Arbitrary<Subject> subjects,
            BiFunction<ModelledPool, Subject, ModelledPool.Call> call,
            BiFunction<ModelledPool, Subject, Optional<Problem>> refusal) {
        return () -> subjects.map(it -> Transformer.mutate(what + " " + it, pool -> {
            if (it.step() == 0) {
                pool.run(call.apply(pool, it), refusal.apply(pool, it));
            } else {
                pool.runAndDie(call.apply(pool, it), refusal.apply(pool, it), it.step(), it.step() == STEPS);
            }
        }));
    }

    private static Action.Independent<ModelledPool> just(String what, Consumer<ModelledPool> change) {
        return () -> Arbitraries.just(Transformer.mutate(what, change));
    }
}
