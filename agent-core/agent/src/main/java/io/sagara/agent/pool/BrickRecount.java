package io.sagara.agent.pool;

import io.sagara.agent.brick.BrickAudit;
import io.sagara.agent.mount.PoolClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The steps by which one brick counts anew what it has miscounted.
///
/// GlusterFS' marker translator does it itself when a directory that is marked, or a file, is looked up by its name. So
/// what is wrong is found on the brick's disk, marked there, and looked up through the pool's mount: files first, then
/// directories, the deepest before those they are in, because each hands its difference on to the one above. Between
/// two steps there are seconds: the kernel believes in a name for one, and asks the bricks only then. A directory that
/// is right must not be marked: marker would never recount it again.
final class BrickRecount {
    private static final Logger LOG = LoggerFactory.getLogger(BrickRecount.class);
    private static final Duration LOOKUPS = Duration.ofMinutes(5);
    /// What is wrong after so many is changed all the time.
    private static final int ROUNDS = 5;

    private final BrickAudit audit;
    private final AtomicLong recounted;
    private final Deque<Collection<Path>> levels = new ArrayDeque<>();
    private Set<Path> files = Set.of();
    private BrickAudit.Findings found = BrickAudit.Findings.none();
    private State state = State.LOOK;
    private int rounds;
    private volatile boolean ended;

    private enum State {
        LOOK,
        CONFIRM,
        COUNT
    }

    /// `recounted`: to which directories that were counted anew are added.
    BrickRecount(BrickAudit audit, AtomicLong recounted) {
        this.audit = audit;
        this.recounted = recounted;
    }

    /// Whether there is nothing left to do.
    boolean ended() {
        return ended;
    }

    /// Does the next step. A step that fails is done again by the next call. One call at a time.
    void step(PoolClient mount, int brick) throws IOException {
        switch (state) {
            case LOOK -> {
                found = audit.all();
                boolean seenBefore =
                        found.directories().isEmpty() && found.files().equals(files);
                ended = seenBefore || rounds++ >= ROUNDS;
                files = found.files();
                state = State.CONFIRM;
            }
            case CONFIRM -> {
                found = audit.still(found);
                order();
                state = State.COUNT;
            }
            case COUNT -> count(mount, brick);
        }
    }

    private void order() {
        TreeMap<Integer, Collection<Path>> byDepth = new TreeMap<>(Comparator.reverseOrder());
        for (Path directory : found.directories().keySet()) {
            byDepth.computeIfAbsent(depth(directory), _ -> new ArrayDeque<>()).add(directory);
        }
        levels.clear();
        if (!found.files().isEmpty()) {
            levels.add(List.copyOf(found.files()));
        }
        levels.addAll(byDepth.values());
    }

    private static int depth(Path directory) {
        return directory.toString().isEmpty() ? 0 : directory.getNameCount();
    }

    private void count(PoolClient mount, int brick) throws IOException {
        Collection<Path> level = levels.peek();
        if (level == null) {
            state = State.LOOK;
            return;
        }
        int marked = 0;
        for (Path path : level) {
            marked += found.directories().containsKey(path) && audit.markWrong(path) ? 1 : 0;
        }
        Path root = mount.root();
        int count = mount.threads().call("look up what was miscounted", LOOKUPS, () -> lookUp(root, level));
        levels.remove();
        recounted.addAndGet(marked);
        if (marked > 0) {
            LOG.atInfo()
                    .addKeyValue("pool", mount.spec().pool())
                    .addKeyValue("brick", brick)
                    .addKeyValue("directories", marked)
                    .addKeyValue("lookedUp", count)
                    .log("a brick counts directories anew, because it was killed while it counted");
        }
    }

    private static int lookUp(Path root, Collection<Path> paths) throws IOException {
        int count = 0;
        for (Path path : paths) {
            if (Thread.currentThread().isInterrupted()) {
                return count;
            }
            count += lookUp(root.resolve(path)) ? 1 : 0;
        }
        return count;
    }

    /// Whether it is there.
    private static boolean lookUp(Path path) throws IOException {
        try {
            Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            return true;
        } catch (NoSuchFileException e) {
            return false;
        }
    }
}
