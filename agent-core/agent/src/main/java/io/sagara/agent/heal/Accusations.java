package io.sagara.agent.heal;

import io.sagara.agent.posix.Posix;
import io.sagara.spi.Brick;
import io.sagara.spi.Pool;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// What a brick of a replica set says of the others: which of them have missed something. It is read from the
/// brick's own disk.
public record Accusations(Posix posix, Pool pool) {
    private static final String INDEX = ".glusterfs/indices/xattrop";
    private static final String BASE = "xattrop-";

    /// The first of `others` of which the brick in `directory` says that a file there is not as it should be;
    /// empty where it says so of none.
    public Optional<Brick> first(Path directory, List<Brick> others) throws IOException {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory.resolve(INDEX))) {
            for (Path entry : entries) {
                String gfid = entry.getFileName().toString();
                Optional<Brick> accused = gfid.startsWith(BASE) ? Optional.empty() : first(directory, gfid, others);
                if (accused.isPresent()) {
                    return accused;
                }
            }
            return Optional.empty();
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
    }

    private Optional<Brick> first(Path directory, String gfid, List<Brick> others) throws IOException {
        Path file = directory
                .resolve(".glusterfs")
                .resolve(gfid.substring(0, 2))
                .resolve(gfid.substring(2, 2 + 2))
                .resolve(gfid);
        for (Brick other : others) {
            try {
                Optional<byte[]> pending = posix.attribute(file, "trusted.afr." + pool.clientName(other));
                if (pending.filter(Accusations::isOne).isPresent()) {
                    return Optional.of(other);
                }
            } catch (IOException e) {
                if (Files.exists(file)) {
                    throw e;
                }
                // healed or removed meanwhile
            }
        }
        return Optional.empty();
    }

    static boolean isOne(byte[] counters) {
        for (byte part : counters) {
            if (part != 0) {
                return true;
            }
        }
        return false;
    }
}
