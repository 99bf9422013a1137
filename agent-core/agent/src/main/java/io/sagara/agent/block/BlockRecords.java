package io.sagara.agent.block;

import io.sagara.agent.file.AtomicFile;
import io.sagara.spi.PoolName;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import io.sagara.spi.VolumeName;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Which block volumes are used on this node, a small file each: written before a loop device or a mount is made and
/// removed after it is gone, so that an agent that was killed finds them again. They mean nothing after a reboot.
/// Any thread may ask; those that change one target are the caller's to keep apart.
final class BlockRecords {
    private static final Logger LOG = LoggerFactory.getLogger(BlockRecords.class);

    private final Path directory;
    private final String boot;
    private final Map<Path, BlockUse> byTarget = new ConcurrentHashMap<>();

    /// Reads what an earlier agent has written in this boot, and removes the rest. `boot`: differs after a reboot.
    BlockRecords(Path directory, String boot) {
        this.directory = directory;
        this.boot = boot;
        try (Stream<Path> files = Files.list(directory)) {
            files.forEach(this::take);
        } catch (IOException e) {
            throw failure("read", directory, e);
        }
    }

    private void take(Path file) {
        try {
            BlockUse read = BlockUse.parse(Files.readString(file), boot);
            byTarget.put(read.target(), read);
        } catch (IOException | IllegalArgumentException | StorageException e) {
            LOG.atInfo()
                    .addKeyValue("file", file)
                    .addKeyValue("reason", e.getMessage())
                    .log("record of a block volume dropped");
            delete(file);
        }
    }

    Optional<BlockUse> at(Path target) {
        return Optional.ofNullable(byTarget.get(target));
    }

    Collection<BlockUse> all() {
        return List.copyOf(byTarget.values());
    }

    List<BlockUse> of(PoolName pool) {
        return all().stream().filter(use -> use.pool().equals(pool)).toList();
    }

    List<BlockUse> of(VolumeName volume, BlockUse.Role role) {
        return all().stream()
                .filter(use -> use.volume().equals(volume) && use.role() == role)
                .toList();
    }

    void put(BlockUse use) {
        Path file = file(use.target());
        try {
            AtomicFile.writeUntilReboot(file, use.text(boot));
        } catch (IOException e) {
            throw failure("write", file, e);
        }
        byTarget.put(use.target(), use);
    }

    /// Removing an absent one succeeds.
    void remove(Path target) {
        delete(file(target));
        byTarget.remove(target);
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw failure("remove", file, e);
        }
    }

    private Path file(Path target) {
        return directory.resolve(UUID.nameUUIDFromBytes(target.toString().getBytes(StandardCharsets.UTF_8)) + ".block");
    }

    private static StorageException failure(String verb, Path file, IOException cause) {
        return new StorageException(
                Problem.UNAVAILABLE,
                "cannot " + verb + " " + file + ": " + cause.getMessage() + "; check the disk of the state directory",
                cause);
    }
}
