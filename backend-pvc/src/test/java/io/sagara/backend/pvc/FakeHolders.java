package io.sagara.backend.pvc;

import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Pods of which each holds a directory. A mount is a symbolic link.
final class FakeHolders implements Holders {
    /// The directories of those that run, by UID.
    final Map<String, Path> running = new ConcurrentHashMap<>();

    /// UIDs of pods whose container was ended.
    final Set<String> ended = ConcurrentHashMap.newKeySet();

    /// What an open file keeps from being unmounted; none where it is empty.
    Optional<Path> busy = Optional.empty();

    @Override
    public Optional<Holder> find(String uid) {
        return running.containsKey(uid) ? Optional.of(new Holder(uid, 1)) : Optional.empty();
    }

    @Override
    public void mount(Holder holder, Path directory) {
        try {
            Files.createDirectories(directory.getParent());
            Files.createSymbolicLink(directory, running.get(holder.uid()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public boolean isMounted(Path directory) {
        return Files.isSymbolicLink(directory);
    }

    @Override
    public void unmount(Path directory) {
        if (busy.filter(directory::equals).isPresent()) {
            throw new StorageException(Problem.IN_USE, directory + " cannot be unmounted (target is busy)");
        }
        try {
            Files.deleteIfExists(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void end(String uid) {
        ended.add(uid);
    }
}
