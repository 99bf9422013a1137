package io.sagara.agent.plugin;

import io.sagara.spi.BackendHost;
import io.sagara.spi.Brick;
import io.sagara.spi.Bytes;
import io.sagara.spi.Commands;
import io.sagara.spi.Layout;
import io.sagara.spi.NativeBricks;
import io.sagara.spi.Pool;
import io.sagara.spi.PoolMount;
import io.sagara.spi.PoolName;
import io.sagara.spi.Provisioning;
import io.sagara.spi.StorageUnit;
import io.sagara.spi.Volfile;
import io.sagara.spi.Volfiles;
import io.sagara.spi.Volume;
import io.sagara.spi.VolumeName;
import io.sagara.spi.VolumeUsage;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;

/// What a test lends to backends: progress lines are kept, the first caller who says [#WAIT] waits until it is
/// let go, one volume is listed, and the rest must not be asked for.
record Lent(List<String> lines, Semaphore waiting, CountDownLatch go) implements BackendHost, Volfiles, Provisioning {
    static final String WAIT = "wait";
    static final Brick BRICK =
            new Brick(0, new StorageUnit("node1", "scratch", "one", Map.of()), new UUID(1, 1), "127.0.0.1", 0);
    static final Pool POOL =
            new Pool(new PoolName("p1"), new UUID(1, 2), new Layout.Replica1(), List.of(BRICK), Map.of(), false);
    static final Volume VOLUME =
            new Volume(new VolumeName("v1"), Volume.Kind.SUBVOL, Bytes.mib(1), Path.of("subvol/v1"));

    Lent() {
        this(new CopyOnWriteArrayList<>(), new Semaphore(0), new CountDownLatch(1));
    }

    /// A mount that is handed on and not used.
    static PoolMount mount() {
        return new PoolMount() {
            @Override
            public Pool pool() {
                return POOL;
            }

            @Override
            public Path root() {
                throw unexpected();
            }

            @Override
            public VolumeUsage usage() {
                throw unexpected();
            }

            @Override
            public void limit(Path directory, Bytes hard) {
                throw unexpected();
            }

            @Override
            public Optional<Bytes> limit(Path directory) {
                throw unexpected();
            }

            @Override
            public void unlimit(Path directory) {
                throw unexpected();
            }

            @Override
            public VolumeUsage usage(Path directory) {
                throw unexpected();
            }
        };
    }

    /// Bytes that are no jar, the same ones every time.
    static byte[] noise(int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (i * 31 + i / 7);
        }
        return bytes;
    }

    @Override
    public String node() {
        return "node1";
    }

    @Override
    public void progress(String line) {
        lines.add(line);
        if (line.equals(WAIT) && lines.indexOf(line) == lines.size() - 1) {
            waiting.release();
            try {
                go.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /// Returns when somebody waits.
    void awaitWaiting() throws InterruptedException {
        waiting.acquire();
    }

    void letGo() {
        go.countDown();
    }

    @Override
    public Volfiles volfiles() {
        return this;
    }

    @Override
    public Provisioning provisioning() {
        return this;
    }

    @Override
    public void list(PoolMount mount, Consumer<Volume> each, Consumer<String> broken) {
        each.accept(VOLUME);
    }

    @Override
    public Path stateDirectory() {
        throw unexpected();
    }

    @Override
    public Commands commands() {
        throw unexpected();
    }

    @Override
    public NativeBricks bricks() {
        throw unexpected();
    }

    @Override
    public Volfile brick(Pool pool, Brick brick, Path directory, int sharing) {
        throw unexpected();
    }

    @Override
    public Volfile client(Pool pool) {
        return new Volfile(pool.name().value(), "volume " + pool.name());
    }

    @Override
    public Optional<Volfile> selfHeal(Pool pool) {
        return Optional.empty();
    }

    @Override
    public Optional<Volfile> quota(Pool pool) {
        return Optional.empty();
    }

    @Override
    public Volume create(PoolMount mount, VolumeName name, Volume.Kind kind, Bytes size) {
        throw unexpected();
    }

    @Override
    public Volume expand(PoolMount mount, VolumeName name, Bytes size) {
        throw unexpected();
    }

    @Override
    public void delete(PoolMount mount, VolumeName name) {
        throw unexpected();
    }

    @Override
    public void purge(PoolMount mount) {
        throw unexpected();
    }

    @Override
    public Optional<Volume> find(PoolMount mount, VolumeName name) {
        throw unexpected();
    }

    private static AssertionError unexpected() {
        return new AssertionError("this test does not lend that");
    }
}
