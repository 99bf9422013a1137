package io.sagara.agent.pool;

import io.sagara.spi.Bytes;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;

/// What one set of a pool holds and has room for, as clients count it. `number`: of the set. `leaving`: whether its
/// files are to move to the others. `files`, `bytes`: what is on it. `freeBytes`, `freeInodes`: what may still be
/// written before GlusterFS takes it for full. `total`: bytes, full or not.
record SetSpace(int number, boolean leaving, long files, long bytes, long freeBytes, long freeInodes, long total) {
    /// GlusterFS moves nothing to a set with less free space than this (cluster.min-free-disk).
    private static final double KEPT_SPACE = 0.10;
    /// The same of inodes (cluster.min-free-inodes).
    private static final double KEPT_INODES = 0.05;
    /// Files go where their names say, not where most room is, and users go on writing meanwhile: a tenth more.
    private static final long MARGIN = 10;

    /// What may be written to a file system with `free` of `total` bytes before GlusterFS takes it for full.
    static long usableBytes(long free, long total) {
        return Math.max(0, free - Math.round(total * KEPT_SPACE));
    }

    /// The same of inodes. File systems that do not count any have enough.
    static long usableInodes(long free, long total) {
        return total == 0 ? Long.MAX_VALUE : Math.max(0, free - Math.round(total * KEPT_INODES));
    }

    /// Why what is on the sets that leave does not fit on the others; empty where it does. `promised`: the sum of the
    /// sizes of the pool's volumes, in bytes.
    static Optional<String> refusal(List<SetSpace> sets, long promised) {
        Predicate<SetSpace> stays = set -> !set.leaving();
        long bytes = sum(sets, SetSpace::leaving, SetSpace::bytes);
        long room = sum(sets, stays, SetSpace::freeBytes);
        if (withMargin(bytes) > room) {
            return Optional.of(shown(bytes) + " are to move and the other sets have room for " + shown(room)
                    + " (a tenth of each is kept free, and as much again as a tenth of what moves)");
        }
        long files = sum(sets, SetSpace::leaving, SetSpace::files);
        long inodes = sum(sets, stays, SetSpace::freeInodes);
        if (withMargin(files) > inodes) {
            return Optional.of(files + " files are to move and the other sets have inodes for " + inodes
                    + " (a twentieth of each is kept free, and a tenth of what moves)");
        }
        long total = sum(sets, stays, SetSpace::total);
        return promised > total
                ? Optional.of("its volumes were promised " + shown(promised) + ", and the other sets have "
                        + shown(total) + " together")
                : Optional.empty();
    }

    private static long withMargin(long amount) {
        return amount + Math.ceilDiv(amount, MARGIN);
    }

    private static long sum(List<SetSpace> sets, Predicate<SetSpace> which, ToLongFunction<SetSpace> of) {
        long sum = 0;
        for (SetSpace set : sets) {
            long next = which.test(set) ? of.applyAsLong(set) : 0;
            // "enough" added to anything is enough
            sum = next > Long.MAX_VALUE - sum ? Long.MAX_VALUE : sum + next;
        }
        return sum;
    }

    private static String shown(long bytes) {
        return new Bytes(bytes).toString();
    }
}
