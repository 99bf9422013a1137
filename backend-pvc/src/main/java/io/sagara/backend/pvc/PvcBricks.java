package io.sagara.backend.pvc;

import io.sagara.spi.BackendHost;
import io.sagara.spi.Brick;
import io.sagara.spi.BrickHealth;
import io.sagara.spi.Bricks;
import io.sagara.spi.Bytes;
import io.sagara.spi.Pool;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/// Role 2 for claims. What is attached is a mount of the claim's file system of our own: it stays when the
/// container of the holder is started again, and must go before the claim may leave this node.
final class PvcBricks implements Bricks {
    /// What a fresh file system has, and what a beginning that was cut short leaves.
    private static final Set<String> UNREMARKABLE = Set.of("lost+found", "data");

    private static final int SHOWN = 3;

    private final BackendHost host;
    private final Path state;
    private final Holders holders;

    PvcBricks(BackendHost host, Holders holders) {
        this.host = host;
        this.holders = holders;
        try {
            // the kernel names mounts by their real path
            this.state = host.stateDirectory().toRealPath();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Path attach(Pool pool, Brick brick) {
        return onUnit(pool, brick, this::attach);
    }

    private Path attach(Unit unit) {
        Path mountPoint = unit.mountPoint();
        for (Path other : mountPoints(unit)) {
            if (!other.equals(mountPoint)) {
                holders.unmount(other);
            }
        }
        if (holders.isMounted(mountPoint)) {
            return prepare(unit);
        }
        holders.mount(holder(unit), mountPoint);
        try {
            return prepare(unit);
        } catch (StorageException e) {
            try {
                detach(unit);
            } catch (StorageException left) {
                e.addSuppressed(left);
            }
            throw e;
        }
    }

    private Holders.Holder holder(Unit unit) {
        return holders.find(unit.holder())
                .orElseThrow(() -> new StorageException(
                        Problem.NOT_FOUND,
                        "the pod " + unit.holder() + ", which holds the PersistentVolumeClaim " + unit.claim()
                                + ", does not run on this node, or has it not mounted; see 'kubectl get pods' in"
                                + " Sagara's namespace"));
    }

    private Path prepare(Unit unit) {
        Path directory = unit.directory();
        if (!Files.exists(directory)) {
            if (unit.hasServed()) {
                throw new StorageException(
                        Problem.UNAVAILABLE,
                        "the PersistentVolumeClaim " + unit.claim() + " holds no brick, but the pool's brick was on"
                                + " it; see whether its volume is another one now");
            }
            refuseContent(unit);
        }
        return host.bricks().prepare(unit.pool(), unit.brick(), unit.mountPoint(), directory);
    }

    /// A volume that holds something has an owner, who may not expect a pool in it.
    private static void refuseContent(Unit unit) {
        try (Stream<Path> entries = Files.list(unit.mountPoint())) {
            List<String> others = entries.map(entry -> String.valueOf(entry.getFileName()))
                    .filter(name -> !UNREMARKABLE.contains(name))
                    .sorted()
                    .toList();
            if (!others.isEmpty()) {
                throw new StorageException(
                        Problem.INVALID_ARGUMENT,
                        "the PersistentVolumeClaim " + unit.claim() + " is not empty, it holds "
                                + String.join(", ", others.subList(0, Math.min(SHOWN, others.size())))
                                + (others.size() > SHOWN ? " and " + (others.size() - SHOWN) + " more" : "")
                                + "; give the pool a claim of its own");
            }
        } catch (IOException | UncheckedIOException e) {
            throw unavailable(unit, e);
        }
    }

    @Override
    public void start(Pool pool, Brick brick, Path directory) {
        host.bricks().start(pool, brick, directory);
    }

    @Override
    public void stop(Pool pool, Brick brick) {
        host.bricks().stop(pool, brick);
    }

    @Override
    public BrickHealth check(Pool pool, Brick brick, Path directory) {
        return onUnit(pool, brick, unit -> {
            if (holders.isMounted(unit.mountPoint())) {
                return host.bricks().check(pool, brick, directory);
            }
            String detail = unit.where() + unit.claim() + " is not mounted any more; it is attached again by itself";
            return new BrickHealth(false, detail, Bytes.ZERO, Bytes.ZERO);
        });
    }

    @Override
    public Bytes grow(Pool pool, Brick brick, Path directory) {
        return onUnit(pool, brick, unit -> {
            // kubelet grows the file system of a claim; statvfs, because Files.getFileStore could hang on other mounts
            long total = directory.toFile().getTotalSpace();
            if (total == 0) {
                throw new StorageException(
                        Problem.UNAVAILABLE, "the file system of " + unit.claim() + " does not answer; see `dmesg`");
            }
            return new Bytes(total);
        });
    }

    @Override
    public void detach(Pool pool, Brick brick) {
        onUnit(pool, brick, unit -> {
            detach(unit);
            // kubelet has been waiting for it, where the pod is to end
            unit.heldBy().ifPresent(holders::end);
            return unit;
        });
    }

    /// Whoever holds it: it may be another by now than when it was attached.
    private Unit detach(Unit unit) {
        mountPoints(unit).forEach(holders::unmount);
        try {
            Files.deleteIfExists(unit.home());
            Files.deleteIfExists(unit.home().getParent());
        } catch (DirectoryNotEmptyException _) {
            // of other bricks of the pool
        } catch (IOException e) {
            throw unavailable(unit, e);
        }
        return unit;
    }

    @Override
    public void erase(Pool pool, Brick brick) {
        onUnit(pool, brick, unit -> {
            boolean attached = holders.isMounted(unit.mountPoint());
            Optional<Holders.Holder> holder = attached ? Optional.empty() : holders.find(unit.holder());
            if (!attached && holder.isEmpty()) {
                host.progress(unit.where() + unit.claim() + " is not on this node; nothing of it is erased");
                return unit;
            }
            holder.ifPresent(found -> holders.mount(found, unit.mountPoint()));
            try {
                host.bricks().erase(pool, brick, unit.directory());
                Files.deleteIfExists(unit.directory().getParent());
            } catch (DirectoryNotEmptyException _) {
                // someone else's files share `data` with the brick
            } catch (IOException e) {
                throw unavailable(unit, e);
            } finally {
                holder.ifPresent(_ -> holders.unmount(unit.mountPoint()));
            }
            return unit;
        });
    }

    private static List<Path> mountPoints(Unit unit) {
        try (Stream<Path> found = Files.list(unit.home())) {
            return new ArrayList<>(found.toList());
        } catch (NoSuchFileException _) {
            return List.of();
        } catch (IOException | UncheckedIOException e) {
            throw unavailable(unit, e);
        }
    }

    private static StorageException unavailable(Unit unit, Exception cause) {
        return new StorageException(
                Problem.UNAVAILABLE, unit.claim() + " cannot be used (" + cause + "); see `dmesg`", cause);
    }

    /// Says in every failure which unit it is about.
    private <T> T onUnit(Pool pool, Brick brick, Function<Unit, T> work) {
        Unit unit = new Unit(state, pool, brick);
        try {
            return work.apply(unit);
        } catch (StorageException e) {
            String message = String.valueOf(e.getMessage());
            throw message.startsWith("pool ") ? e : new StorageException(e.problem(), unit.where() + message, e);
        }
    }
}
