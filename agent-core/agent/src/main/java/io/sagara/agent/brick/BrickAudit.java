package io.sagara.agent.brick;

import io.sagara.agent.posix.Posix;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/// Compares what the marker translator of one brick has counted with what there is, on the brick's own disk; it
/// asks no process. A brick that is killed loses the changes of its counters that were under way. For one thread,
/// a platform one.
public final class BrickAudit {
    /// GlusterFS' own directory in a brick.
    private static final Path INTERNAL = Path.of(".glusterfs");
    private static final int SECTOR = 512;
    /// After so many files the disk is left to others for a moment: at most 40,000 a second are looked at.
    private static final int BURST = 400;
    private static final Duration REST = Duration.ofMillis(10);
    /// More is found in the next round.
    private static final int MOST = 20_000;

    private final Posix posix;
    private final Path brick;
    private int looked;

    /// An audit of the brick in this directory.
    public BrickAudit(Posix posix, Path brick) {
        this.posix = posix;
        this.brick = brick;
    }

    /// What does not agree, by paths relative to the brick. `directories`: whose sum is another than what is counted,
    /// or that say so themselves. `files`: that count for another size than their length, as those with holes do.
    public record Findings(Map<Path, CountedDirectory> directories, Set<Path> files) {
        /// Nothing.
        public static Findings none() {
            return new Findings(new LinkedHashMap<>(), new HashSet<>());
        }

        boolean full() {
            return directories.size() + files.size() >= MOST;
        }
    }

    /// Looks at everything. What changes meanwhile may be found, though it is right: look at it again with [#still].
    public Findings all() throws IOException {
        Findings findings = Findings.none();
        Deque<Path> open = new ArrayDeque<>();
        open.push(Path.of(""));
        while (!open.isEmpty() && !findings.full() && !Thread.currentThread().isInterrupted()) {
            Path directory = open.pop();
            look(directory, findings, open)
                    .filter(counted -> !counted.right())
                    .ifPresent(counted -> findings.directories().put(directory, counted));
        }
        return findings;
    }

    /// Those of `found` that are as they were: nobody changes them, they are wrong.
    public Findings still(Findings found) throws IOException {
        Findings still = new Findings(new LinkedHashMap<>(), found.files());
        for (Map.Entry<Path, CountedDirectory> each : found.directories().entrySet()) {
            Optional<CountedDirectory> now = look(each.getKey(), Findings.none(), new ArrayDeque<>());
            if (now.equals(Optional.of(each.getValue()))) {
                still.directories().put(each.getKey(), each.getValue());
            }
        }
        return still;
    }

    /// Has the brick count a directory anew when it is looked up next, where that is still wrong; whether it is.
    public boolean markWrong(Path directory) throws IOException {
        Optional<CountedDirectory> now = look(directory, Findings.none(), new ArrayDeque<>());
        if (now.isEmpty() || now.get().right()) {
            return false;
        }
        if (!now.get().dirty()) {
            posix.setAttribute(brick.resolve(directory), CountedDirectory.DIRTY, CountedDirectory.dirtyMark());
        }
        return true;
    }

    /// Empty where it is gone, or was never counted: GlusterFS does that when it is looked up.
    private Optional<CountedDirectory> look(Path directory, Findings findings, Deque<Path> open) throws IOException {
        Path real = brick.resolve(directory);
        Optional<byte[]> gfid = attribute(real, CountedDirectory.GFID);
        Optional<byte[]> size = attribute(real, CountedDirectory.SIZE);
        if (gfid.isEmpty() || size.isEmpty()) {
            return Optional.empty();
        }
        String contribution = CountedDirectory.contribution(gfid.get());
        long sum = 0;
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(real)) {
            for (Path entry : entries) {
                Path relative = brick.relativize(entry);
                if (!relative.equals(INTERNAL)) {
                    sum += look(entry, relative, contribution, findings, open);
                }
            }
        } catch (NoSuchFileException | NotDirectoryException e) {
            return Optional.empty();
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        boolean dirty = attribute(real, CountedDirectory.DIRTY)
                .filter(CountedDirectory::isDirty)
                .isPresent();
        return Optional.of(new CountedDirectory(CountedDirectory.bytes(size.get()), sum, dirty));
    }

    private long look(Path entry, Path relative, String contribution, Findings findings, Deque<Path> open)
            throws IOException {
        if (++looked % BURST == 0) {
            LockSupport.parkNanos(REST.toNanos());
        }
        long counted =
                attribute(entry, contribution).map(CountedDirectory::bytes).orElse(0L);
        try {
            BasicFileAttributes is = Files.readAttributes(entry, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            if (is.isDirectory()) {
                open.push(relative);
            } else if (is.isRegularFile() && counted != Math.ceilDiv(is.size(), SECTOR) * SECTOR) {
                findings.files().add(relative);
            }
        } catch (NoSuchFileException e) {
            return counted;
        }
        return counted;
    }

    private Optional<byte[]> attribute(Path file, String name) throws IOException {
        try {
            return posix.attribute(file, name);
        } catch (IOException e) {
            if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
                throw e;
            }
            return Optional.empty();
        }
    }
}
