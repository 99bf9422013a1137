package io.sagara.agent.pool;

import io.sagara.agent.brick.BrickContents;
import io.sagara.agent.brick.BrickContents.Left;
import io.sagara.spi.Brick;
import io.sagara.spi.Layout;
import io.sagara.spi.Pool;
import io.sagara.spi.VolumeUsage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// What the sets of a pool hold and have room for. All bricks are of this node. `directories`: of the bricks.
/// `left`: what is on those that are leaving.
record PoolSpace(Pool pool, BrickContents contents, Map<Integer, Path> directories, Map<Integer, Left> left) {
    private static final int ARBITER = 2;

    List<SetSpace> sets() throws IOException {
        SharedFilesystems sharing = SharedFilesystems.of(pool, directories.values());
        List<SetSpace> sets = new ArrayList<>();
        for (Map.Entry<Integer, List<Brick>> set : pool.sets().entrySet()) {
            sets.add(set(set.getKey(), set.getValue(), sharing));
        }
        return sets;
    }

    /// A set has room for what its fullest brick has room for.
    private SetSpace set(int number, List<Brick> bricks, SharedFilesystems sharing) throws IOException {
        long spread = pool.layout() instanceof Layout.Disperse(int data, int _) ? data : 1;
        long files = 0;
        long bytes = 0;
        long freeBytes = Long.MAX_VALUE / spread;
        long freeInodes = Long.MAX_VALUE;
        long total = Long.MAX_VALUE / spread;
        for (Brick brick : bricks) {
            Path directory = Objects.requireNonNull(directories.get(brick.index()), "a brick that serves");
            int among = sharing.of(directory);
            VolumeUsage usage = contents.usage(directory);
            Left on = left.getOrDefault(brick.index(), Left.NOTHING);
            files = Math.max(files, on.files());
            bytes = Math.max(bytes, on.bytes());
            freeInodes = Math.min(
                    freeInodes, SetSpace.usableInodes(usage.inodes() - usage.usedInodes(), usage.inodes()) / among);
            if (!isArbiter(brick)) {
                long room =
                        SetSpace.usableBytes(usage.free().value(), usage.total().value());
                freeBytes = Math.min(freeBytes, room / among);
                total = Math.min(total, usage.total().value() / among);
            }
        }
        return new SetSpace(
                number,
                bricks.getFirst().leaving(),
                files,
                bytes * spread,
                freeBytes * spread,
                freeInodes,
                total * spread);
    }

    /// It holds names only.
    private boolean isArbiter(Brick brick) {
        return pool.layout() instanceof Layout.Arbiter
                && brick.index() % pool.layout().setSize() == ARBITER;
    }
}
