package io.sagara.agent.brick;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/// How many entries of a brick wait to be copied to the other bricks of its set, from the directory in which
/// GlusterFS' index translator links them by gfid. It is read on the brick's own disk and asks no process.
final class PendingHeals {
    private static final String INDEX = ".glusterfs/indices/xattrop";
    /// The file all entries are links of; it is always there and stands for nothing.
    private static final String BASE = "xattrop-";
    /// More need no exact number, and a brick that was away for a day has millions.
    private static final long LIMIT = 100_000;

    private PendingHeals() {}

    /// At most [#LIMIT]; 0 where the brick has no index yet.
    static long of(Path brick) throws IOException {
        long pending = 0;
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(brick.resolve(INDEX))) {
            for (Path entry : entries) {
                if (!entry.getFileName().toString().startsWith(BASE)) {
                    pending++;
                }
                if (pending == LIMIT) {
                    return pending;
                }
            }
        } catch (NoSuchFileException e) {
            return 0;
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return pending;
    }
}
