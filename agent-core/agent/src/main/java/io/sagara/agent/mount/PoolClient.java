package io.sagara.agent.mount;

import io.sagara.agent.posix.Posix;
import io.sagara.agent.process.Daemons;
import io.sagara.agent.time.Timer;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.Semaphore;

/// Keeps one pool mounted at one directory. A thread of its own looks at the mount all the time and mounts anew
/// what is dead; everything else only asks what that thread knows, so no method waits for the mount. Any number
/// of threads may call.
public final class PoolClient implements AutoCloseable {
    private final ClientSpec spec;
    private final InstantSource clock;
    private final PoolThreads threads;
    private final ClientProcess process;
    private final ClientWatch watch;
    private final StateCell state = new StateCell();

    private PoolClient(
            ClientSpec spec, Daemons daemons, Posix posix, Timer timer, InstantSource clock, ClientPatience patience) {
        this.spec = spec;
        this.clock = clock;
        this.threads = new PoolThreads(spec.pool(), patience.threads());
        var wake = new Semaphore(0);
        this.process = new ClientProcess(spec, daemons, posix, patience.start(), wake::release);
        this.watch = new ClientWatch(spec, process, posix, timer, clock, patience, wake, state);
    }

    /// Begins to keep the pool mounted: takes over the client that runs, where process and mount agree, or
    /// starts one. Returns at once; see [#awaitMounted].
    public static PoolClient start(
            ClientSpec spec, Daemons daemons, Posix posix, Timer timer, InstantSource clock, ClientPatience patience) {
        var client = new PoolClient(spec, daemons, posix, timer, clock, patience);
        client.watch.start();
        return client;
    }

    /// The root directory of the pool. Throws UNAVAILABLE, at once, where the mount cannot be used now. What
    /// one does below it belongs on [#threads].
    public Path root() {
        MountState now = state.get();
        if (now instanceof MountState.Mounted) {
            return spec.directory();
        }
        throw unavailable(now);
    }

    /// The threads for work on this mount.
    public PoolThreads threads() {
        return threads;
    }

    /// What it keeps.
    public ClientSpec spec() {
        return spec;
    }

    /// Waits until the mount can be used. Throws UNAVAILABLE, saying why it cannot, when `deadline` has passed.
    public void awaitMounted(Duration deadline) {
        MountState last = state.await(deadline, MountState.Mounted.class::isInstance);
        if (!(last instanceof MountState.Mounted)) {
            throw unavailable(last);
        }
    }

    /// Waits until the mount can be used and shows all there is. Throws UNAVAILABLE, saying what is missing,
    /// when `deadline` has passed.
    public void awaitWhole(Duration deadline) {
        MountState last = state.await(deadline, PoolClient::whole);
        if (!whole(last)) {
            throw unavailable(last);
        }
    }

    private static boolean whole(MountState state) {
        return state instanceof MountState.Mounted mounted && mounted.complete();
    }

    /// Looks at the connections right now. Throws UNAVAILABLE where a set has too few: a listing of the mount
    /// leaves out what is on it, and says nothing. For [#threads].
    public void requireWhole() throws IOException {
        if (!Probe.connections(root()).complete(spec.enough())) {
            throw new StorageException(
                    Problem.UNAVAILABLE,
                    "pool " + spec.pool() + ": too few of its bricks are connected; check that they run and can be"
                            + " reached");
        }
    }

    /// Which bricks it is connected to right now, by index. For [#threads].
    public Map<Integer, Boolean> bricks() throws IOException {
        return Probe.connections(root()).bricks();
    }

    /// Has `listener` called, on a thread of its own, each time a client that took the place of another is
    /// ready: what was bound from the other one is dead then. The first client of this object is not told,
    /// taken over or started: who begins looks at what is published anyway.
    public void onRemount(Runnable listener) {
        watch.onRemount(listener);
    }

    /// For status.
    public ClientHealth health() {
        MountState now = state.get();
        OptionalLong pid = process.running().map(p -> OptionalLong.of(p.pid())).orElse(OptionalLong.empty());
        boolean well = now instanceof MountState.Mounted mounted && mounted.connected() == mounted.bricks();
        String detail = well ? "" : now.describe(clock.instant());
        return new ClientHealth(spec.kind().role(), pid, now, detail, watch.restarts());
    }

    private StorageException unavailable(MountState now) {
        return new StorageException(
                Problem.UNAVAILABLE,
                "pool " + spec.pool() + ": its mount at " + spec.directory() + " cannot be used: "
                        + now.describe(clock.instant()) + "; " + now.advice());
    }

    /// Unmounts the pool and ends its client, which gets `grace` to finish. Open files of others on it are
    /// lost.
    public void stop(Duration grace) throws IOException {
        close();
        process.end(grace);
    }

    /// Ends the watch and leaves the mount as it is, for another agent to take over.
    @Override
    public void close() {
        watch.end();
        threads.close();
        state.set(new MountState.Unmounted());
    }
}
