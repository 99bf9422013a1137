package io.sagara.agent.pool;

import io.sagara.agent.brick.BrickAudit;
import io.sagara.agent.posix.Posix;
import io.sagara.spi.Brick;
import io.sagara.spi.BrickHealth;
import io.sagara.spi.Pool;
import io.sagara.spi.StorageException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Puts right what bricks of this node have miscounted, because they were killed while they counted: see
/// [BrickRecount]. Each new process of a brick is followed until nothing is left to do, in the background and one
/// brick at a time; [#look] only has the next step done.
final class QuotaRecount {
    private static final Logger LOG = LoggerFactory.getLogger(QuotaRecount.class);
    /// In looks, which come every 5 seconds. A heal changes what a brick holds, and what it counts with it.
    private static final int WAIT_FOR_HEAL = 120;

    private final Posix posix;
    private final BiFunction<Pool, Brick, OptionalLong> process;
    private final Map<Integer, Followed> bricks = new ConcurrentHashMap<>();
    private final AtomicBoolean working = new AtomicBoolean();
    private final AtomicLong recounted = new AtomicLong();

    /// A process of a brick, and what is left to do for it.
    private static final class Followed {
        private final long pid;
        private final BrickRecount recount;
        private int waited;

        Followed(long pid, BrickRecount recount) {
            this.pid = pid;
            this.recount = recount;
        }
    }

    /// `process`: the pid of the native brick, empty where there is none.
    QuotaRecount(Posix posix, BiFunction<Pool, Brick, OptionalLong> process) {
        this.posix = posix;
        this.process = process;
    }

    /// How many directories were counted anew since the agent began.
    long recounted() {
        return recounted.get();
    }

    /// To be called every 5 seconds, by one thread; does not wait.
    void look(Pool pool, LocalBricks local, GlusterClients clients) {
        if (!pool.quota()) {
            return;
        }
        for (Brick brick : local.of(pool)) {
            follow(pool, brick, local);
        }
        for (Brick brick : local.of(pool)) {
            Followed followed = bricks.get(brick.index());
            if (followed != null && !followed.recount.ended() && healed(brick, followed, local)) {
                if (!working.getAndSet(true)) {
                    start(pool, brick, followed, clients);
                }
                return;
            }
        }
    }

    private void follow(Pool pool, Brick brick, LocalBricks local) {
        OptionalLong pid = process.apply(pool, brick);
        Path directory = local.directory(brick).orElse(null);
        Followed known = bricks.get(brick.index());
        if (pid.isPresent() && directory != null && (known == null || known.pid != pid.getAsLong())) {
            bricks.put(
                    brick.index(),
                    new Followed(pid.getAsLong(), new BrickRecount(new BrickAudit(posix, directory), recounted)));
        }
    }

    private static boolean healed(Brick brick, Followed followed, LocalBricks local) {
        long pending = local.health(brick).map(BrickHealth::pendingHeals).orElse(0L);
        return pending == 0 || ++followed.waited > WAIT_FOR_HEAL;
    }

    private void start(Pool pool, Brick brick, Followed followed, GlusterClients clients) {
        // a platform thread: the disk may hang, and the mount, too
        Thread.ofPlatform().daemon().name("recount-" + pool.name()).start(() -> {
            try {
                followed.recount.step(clients.management(), brick.index());
            } catch (IOException | StorageException e) {
                LOG.atDebug()
                        .addKeyValue("pool", pool.name())
                        .addKeyValue("brick", brick.index())
                        .addKeyValue("reason", e.getMessage())
                        .log("what a brick has counted could not be looked at now; it is tried again");
            } finally {
                working.set(false);
            }
        });
    }
}
