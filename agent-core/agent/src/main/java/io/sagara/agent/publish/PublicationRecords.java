package io.sagara.agent.publish;

import io.sagara.agent.file.AtomicFile;
import io.sagara.spi.PoolName;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import io.sagara.spi.VolumeName;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What is published on this node, a small file each, written before the mount is made and removed after it is
/// gone. A mount whose client has died says nothing about whose it was: the records do, also to the next agent. They
/// mean nothing after a reboot, which takes all mounts with it, so no write waits for the disk. Any thread may
/// ask; those that change one target are the caller's to keep apart.
final class PublicationRecords {
    private static final Logger LOG = LoggerFactory.getLogger(PublicationRecords.class);

    private final Path directory;
    private final String boot;
    private final Map<Path, Publication> byTarget = new ConcurrentHashMap<>();

    /// Reads what an earlier agent has written in this boot, and removes the rest. `boot`: differs after a reboot.
    PublicationRecords(Path directory, String boot) {
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
            Publication read = Publication.parse(Files.readString(file), boot);
            byTarget.put(read.target(), read);
        } catch (IOException | IllegalArgumentException | StorageException e) {
            LOG.atInfo()
                    .addKeyValue("file", file)
                    .addKeyValue("reason", e.getMessage())
                    .log("record of a published volume dropped");
            delete(file);
        }
    }

    Optional<Publication> at(Path target) {
        return Optional.ofNullable(byTarget.get(target));
    }

    List<Publication> all() {
        return List.copyOf(byTarget.values());
    }

    List<Publication> of(PoolName pool) {
        return byTarget.values().stream()
                .filter(publication -> publication.pool().equals(pool))
                .toList();
    }

    List<Publication> of(VolumeName volume) {
        return byTarget.values().stream()
                .filter(publication -> publication.volume().equals(volume))
                .toList();
    }

    /// Puts the record of a volume that may have no other user than the one it has at `staging`; returns another
    /// one's where there is one, and puts nothing then. No two callers succeed.
    synchronized Optional<Publication> claim(Publication wanted, String staging) {
        List<Publication> others = new ArrayList<>(of(wanted.volume()));
        others.removeIf(other -> other.target().equals(wanted.target())
                || other.target().toString().equals(staging));
        if (others.isEmpty()) {
            put(wanted);
        }
        return others.stream().findFirst();
    }

    synchronized void put(Publication publication) {
        Path file = file(publication.target());
        try {
            AtomicFile.writeUntilReboot(file, publication.text(boot));
        } catch (IOException e) {
            throw failure("write", file, e);
        }
        byTarget.put(publication.target(), publication);
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
        return directory.resolve(
                UUID.nameUUIDFromBytes(target.toString().getBytes(StandardCharsets.UTF_8)) + ".publication");
    }

    private static StorageException failure(String verb, Path file, IOException cause) {
        return new StorageException(
                Problem.UNAVAILABLE,
                "cannot " + verb + " " + file + ": " + cause.getMessage() + "; check the disk of the state directory",
                cause);
    }
}
