package io.sagara.agent.pool;

import io.sagara.agent.heal.Accusations;
import io.sagara.agent.heal.EmptyBrick;
import io.sagara.agent.heal.HealRounds;
import io.sagara.agent.heal.Policy;
import io.sagara.agent.heal.SelfHeal;
import io.sagara.agent.heal.SplitBrain;
import io.sagara.agent.heal.SplitBrainWatch;
import io.sagara.agent.heal.SplitFile;
import io.sagara.agent.operation.DaemonSocket;
import io.sagara.agent.posix.Posix;
import io.sagara.agent.rebalance.Rebalance;
import io.sagara.api.v1.RebalanceAction;
import io.sagara.api.v1.RebalancePhase;
import io.sagara.api.v1.RebalanceStatus;
import io.sagara.api.v1.ResolveSplitBrainRequest;
import io.sagara.spi.Brick;
import io.sagara.spi.Commands;
import io.sagara.spi.Layout;
import io.sagara.spi.Pool;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// What is done for the data of one pool while it lives, besides serving it. Any thread may call, but for
/// [#look].
public final class PoolCare {
    private final Supplier<Pool> pool;
    private final SelfHeal selfHeal;
    private final SplitBrain splitBrain;
    private final SplitBrainWatch watch;
    private final HealRounds rounds;
    private final Rebalance rebalance;
    private final Tools tools;

    /// `marker`: tells other bricks that one is empty. `commands`: runs glfsheal. `volfile`: where its graph
    /// is put. `graph`: a client's, as it is now. `healer`: the socket of the self-heal daemon.
    record Tools(
            EmptyBrick marker,
            Posix posix,
            Commands commands,
            Path volfile,
            Supplier<String> graph,
            DaemonSocket healer,
            Rebalance rebalance,
            InstantSource clock) {}

    PoolCare(Supplier<Pool> pool, Tools tools) {
        this.pool = pool;
        selfHeal = new SelfHeal(tools.healer());
        splitBrain = new SplitBrain(tools.commands(), tools.volfile(), tools.graph());
        watch = new SplitBrainWatch(splitBrain, tools.clock());
        rounds = new HealRounds(
                now -> {
                    var _ = selfHeal.start(now, false);
                },
                tools.clock(),
                task -> Thread.ofVirtual().name("heal").start(task));
        rebalance = tools.rebalance();
        this.tools = tools;
    }

    /// Tells the other bricks of its set that `brick`, which does not run, has nothing.
    void markEmpty(Pool now, Brick brick) {
        tools.marker().mark(now, brick, tools.graph().get());
    }

    /// The first of `others` that has missed something, as the brick in `directory` knows.
    Optional<Brick> accused(Pool now, Path directory, List<Brick> others) {
        try {
            return new Accusations(tools.posix(), now).first(directory, others);
        } catch (IOException e) {
            throw new StorageException(
                    Problem.UNAVAILABLE,
                    "pool " + now.name() + ": " + directory + " cannot be read: " + e.getMessage()
                            + "; check its disk, then repeat it",
                    e);
        }
    }

    Rebalance rebalance() {
        return rebalance;
    }

    /// See the API.
    public RebalanceStatus rebalance(RebalanceAction action) {
        Pool now = pool.get();
        RebalancePhase phase = rebalance.status().getPhase();
        return switch (action) {
            case REBALANCE_ACTION_UNSPECIFIED -> rebalance.status();
            case START -> {
                refuseWhile(RebalancePhase.PREPARING, phase, "its expansion is under way, after which files move");
                if (now.sets().size() == 1) {
                    throw new StorageException(
                            Problem.INVALID_ARGUMENT,
                            "pool " + now.name() + " has one set only; add units before files can move");
                }
                yield rebalance.start();
            }
            case PAUSE -> rebalance.pause();
            case RESUME -> {
                if (phase != RebalancePhase.PAUSED && phase != RebalancePhase.RUNNING) {
                    throw new StorageException(
                            Problem.INVALID_ARGUMENT,
                            "pool " + now.name() + ": no rebalance is paused; begin one with 'start'");
                }
                yield rebalance.start();
            }
            case UNRECOGNIZED ->
                throw new StorageException(
                        Problem.INVALID_ARGUMENT, "unknown action; use START, PAUSE, RESUME, or none");
        };
    }

    private void refuseWhile(RebalancePhase refused, RebalancePhase phase, String why) {
        if (phase == refused) {
            throw new StorageException(
                    Problem.BUSY, "pool " + pool.get().name() + ": " + why + "; look at 'sagara status'");
        }
    }

    void takeUp() {
        rebalance.takeUp();
    }

    void halt() {
        rebalance.halt();
    }

    void leave() {
        rebalance.leave();
    }

    /// See the API.
    public void heal(boolean full, Consumer<String> progress) {
        Pool now = pool.get();
        selfHeal.start(now, full)
                .forEach((index, said) -> now.brick(index)
                        .ifPresent(brick -> progress.accept(
                                "unit " + index + " on " + brick.unit().node() + ": " + said)));
    }

    /// See the API.
    public List<SplitFile> splitBrain() {
        Pool now = replicated();
        List<SplitFile> files = splitBrain.files(now);
        watch.found(files);
        return files;
    }

    /// See the API.
    public void resolve(ResolveSplitBrainRequest request, Consumer<String> progress) {
        Pool now = replicated();
        Policy policy = policy(now, request);
        if (request.getFile().isEmpty()) {
            splitBrain.resolveAll(now, policy, progress);
        } else {
            splitBrain.resolve(now, request.getFile(), policy);
            progress.accept("resolved " + request.getFile());
        }
        watch.found(splitBrain.files(now));
    }

    /// Fragments have no split brain: a majority of them decides.
    private Pool replicated() {
        Pool now = pool.get();
        return switch (now.layout()) {
            case Layout.Replica2 _, Layout.Replica3 _, Layout.Arbiter _ -> now;
            case Layout.Replica1 _, Layout.Disperse _, Layout.External _ ->
                throw new StorageException(
                        Problem.UNSUPPORTED, "pool " + now.name() + " keeps no copies of ours, so none can contradict");
        };
    }

    private static Policy policy(Pool pool, ResolveSplitBrainRequest request) {
        return switch (request.getPolicy()) {
            case BIGGER_FILE -> new Policy.BiggerFile();
            case LATEST_MTIME -> new Policy.LatestMtime();
            case SOURCE_BRICK -> source(pool, request.getSourceBrick());
            case SPLIT_BRAIN_POLICY_UNSPECIFIED, UNRECOGNIZED ->
                throw new StorageException(
                        Problem.INVALID_ARGUMENT,
                        "pool " + pool.name() + ": name a policy: bigger-file, latest-mtime or source-brick");
        };
    }

    private static Policy source(Pool pool, int index) {
        Brick brick = Replacement.unit(pool, index);
        return new Policy.SourceBrick(index, brick.address(), pool.brickName(brick));
    }

    /// To be called every few seconds, by one thread. `pending`: heals, of the bricks of this node.
    void look(long pending) {
        Pool now = pool.get();
        switch (now.layout()) {
            case Layout.Replica2 _, Layout.Replica3 _, Layout.Arbiter _ -> {
                rounds.look(now, pending);
                watch.look(now, pending);
            }
            // fragments cannot be split
            case Layout.Disperse _ -> rounds.look(now, pending);
            case Layout.Replica1 _, Layout.External _ -> {
                // there is nothing to heal from
            }
        }
    }

    /// How many files of the brick were in split brain when it was last looked for.
    long splitBrain(Brick brick) {
        return watch.files().stream()
                .filter(file -> file.bricks().contains(brick.index()))
                .count();
    }

    /// Empty where all is well, otherwise what is wrong with the data and what to do.
    String problem() {
        int files = watch.files().size();
        if (files == 0) {
            return rebalance.status().getPhase() == RebalancePhase.REBALANCE_FAILED
                    ? "rebalance: " + rebalance.status().getDetail()
                    : "";
        }
        return files + (files == 1 ? " file is" : " files are")
                + " in split brain and cannot be read; see 'sagara pool" + " split-brain "
                + pool.get().name() + "'";
    }
}
