package io.sagara.integration;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/// What a process has.
record ProcessFootprint(long threads, long descriptors, long residentKib) {
    private static final int SLACK = 20;

    static ProcessFootprint of(long pid) {
        Path process = Path.of("/proc", String.valueOf(pid));
        try (Stream<Path> threads = Files.list(process.resolve("task"));
                Stream<Path> descriptors = Files.list(process.resolve("fd"));
                Stream<String> status = Files.lines(process.resolve("status"))) {
            long resident = status.filter(line -> line.startsWith("VmRSS"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                    .sum();
            return new ProcessFootprint(threads.count(), descriptors.count(), resident);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    boolean fits(ProcessFootprint earlier) {
        return threads <= earlier.threads + SLACK && descriptors <= earlier.descriptors + SLACK;
    }
}
