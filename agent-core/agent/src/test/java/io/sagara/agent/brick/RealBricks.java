package io.sagara.agent.brick;

import io.sagara.agent.posix.JnrPosix;
import io.sagara.agent.process.DaemonProcess;
import io.sagara.agent.process.DaemonSpec;
import io.sagara.agent.process.LinuxDaemons;
import io.sagara.agent.process.life.DaemonReport;
import io.sagara.agent.process.life.Patience;
import io.sagara.agent.process.life.Supervision;
import io.sagara.agent.time.SystemTimer;
import io.sagara.spi.Brick;
import io.sagara.spi.BrickHealth;
import io.sagara.spi.Bytes;
import io.sagara.spi.Pool;
import io.sagara.volfile.option.Settings;
import io.sagara.volfile.stack.BrickAddress;
import io.sagara.volfile.stack.BrickHome;
import io.sagara.volfile.stack.BrickStack;
import io.sagara.volfile.stack.PoolShape;
import io.sagara.volfile.stack.SetLayout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// What an agent has for the one brick of a Replica1 pool, all of it real. The volfile is a file.
final class RealBricks implements AutoCloseable {
    private static final PortRange PORTS = new PortRange(26_000, 31_999);

    final Pool pool;
    final Brick brick;
    final Path state;
    final LinuxDaemons daemons = new LinuxDaemons();
    final GlusterfsdBricks bricks;
    final BlockingQueue<DaemonReport> changes = new LinkedBlockingQueue<>();
    private final Path root;
    private final Path volfile;
    private final SystemTimer timer = new SystemTimer();
    private final LogRotation logs;
    private boolean closed;

    /// With its state and its data below `home`; what an earlier one left there is taken over.
    RealBricks(Path home, String name, int port) throws IOException {
        this(home, Files.createDirectories(home.resolve("unit")), name, port);
    }

    RealBricks(Path home, Path root, String name, int port) throws IOException {
        this.pool = TestPools.replica1(name, 1, port);
        this.brick = pool.bricks().getFirst();
        this.root = root;
        this.state = Files.createDirectories(home.resolve("state"));
        this.volfile = state.resolve(name + ".vol");
        this.logs = new LogRotation(timer, Duration.ofMillis(200), new Bytes(4096), 3);
        this.bricks = new GlusterfsdBricks(
                state,
                List.of("-f", volfile.toString()),
                new Supervision(daemons, timer, InstantSource.system(), Patience.DEFAULT),
                new JnrPosix(),
                logs,
                changes::add);
    }

    static int freePort() {
        return PORTS.take("127.0.0.1");
    }

    Path prepare() {
        return bricks.prepare(pool, brick, root, root.resolve("data/brick"));
    }

    /// Prepares and starts, and returns the process.
    DaemonProcess start() throws IOException {
        Path directory = prepare();
        Files.writeString(volfile, volfile(directory));
        bricks.start(pool, brick, directory);
        return process();
    }

    private String volfile(Path directory) {
        BrickAddress address = new BrickAddress(0, pool.brickName(brick), brick.address(), brick.port());
        PoolShape shape = new PoolShape(
                pool.name().value(), pool.id(), new SetLayout.Replica1(), List.of(address), false, Settings.NONE);
        return BrickStack.brick(shape, address, new BrickHome(directory, brick.address(), List.of("*"), 1))
                .text();
    }

    DaemonSpec spec() {
        return BrickDaemon.anyOf(new BrickDaemon.Places(state, List.of()), BrickId.of(pool, brick));
    }

    DaemonProcess process() {
        return daemons.find(spec()).orElseThrow();
    }

    BrickHealth check() {
        return bricks.check(pool, brick, root.resolve("data/brick"));
    }

    void stop() {
        if (closed) {
            daemons.find(spec()).ifPresent(left -> daemons.stop(left, Patience.DEFAULT.stop()));
        } else {
            bricks.stop(pool, brick);
        }
    }

    /// Waits for a change to this phase.
    DaemonReport await(DaemonReport.Phase phase) throws InterruptedException {
        DaemonReport report = changes.poll(60, TimeUnit.SECONDS);
        while (report != null && report.phase() != phase) {
            report = changes.poll(60, TimeUnit.SECONDS);
        }
        if (report == null) {
            throw new AssertionError("the brick never was " + phase);
        }
        return report;
    }

    /// As an agent that ends: the brick runs on.
    @Override
    public void close() {
        closed = true;
        bricks.close();
        logs.close();
        timer.close();
    }
}
