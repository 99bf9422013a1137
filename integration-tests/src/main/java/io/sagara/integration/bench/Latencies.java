package io.sagara.integration.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;

/// The latencies of many equal operations and how long all of them took together.
@SuppressWarnings("ArrayRecordComponent") // never compared, and millions of boxes would be measured too
record Latencies(long[] sortedNanos, long wallNanos) {
    /// Of nothing yet.
    static final Latencies NONE = new Latencies(new long[0], 0);

    /// One operation, told its number.
    interface Operation {
        void run(int number) throws Exception;
    }

    /// Does the operations from `first` up to `end`, which is not one of them, with as many callers at once, each
    /// as fast as it can.
    static Latencies measure(int callers, int first, int end, Operation operation)
            throws InterruptedException, ExecutionException {
        long[] nanos = new long[end - first];
        AtomicInteger next = new AtomicInteger(first);
        long start = System.nanoTime();
        try (ExecutorService threads = Executors.newFixedThreadPool(callers)) {
            List<Future<?>> done = new ArrayList<>();
            for (int caller = 0; caller < callers; caller++) {
                done.add(threads.submit(() -> {
                    for (int i = next.getAndIncrement(); i < end; i = next.getAndIncrement()) {
                        long begun = System.nanoTime();
                        operation.run(i);
                        nanos[i - first] = System.nanoTime() - begun;
                    }
                    return callers;
                }));
            }
            for (Future<?> each : done) {
                each.get();
            }
        }
        long wall = System.nanoTime() - start;
        Arrays.sort(nanos);
        return new Latencies(nanos, wall);
    }

    /// These and `other`, as if one had followed the other.
    Latencies and(Latencies other) {
        long[] all = LongStream.concat(Arrays.stream(sortedNanos), Arrays.stream(other.sortedNanos))
                .sorted()
                .toArray();
        return new Latencies(all, wallNanos + other.wallNanos);
    }

    double perSecond() {
        return sortedNanos.length * 1e9 / wallNanos;
    }

    double millis(double quantile) {
        return sortedNanos[(int) Math.min(sortedNanos.length - 1, Math.floor(quantile * sortedNanos.length))] / 1e6;
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT, "%8.1f/s   p50 %7.2f ms   p99 %7.2f ms", perSecond(), millis(0.5), millis(0.99));
    }
}
