package io.sagara.agent.account;

import io.sagara.agent.volume.disk.VolumeLayout;
import io.sagara.spi.Bytes;
import io.sagara.spi.PoolName;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import io.sagara.spi.VolumeName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.SQLException;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The file `stat.db` of a pool over its life: opened, set aside, rebuilt. Belongs to one thread.
final class StatFile {
    private static final Logger LOG = LoggerFactory.getLogger(StatFile.class);
    private static final String NAME = "stat.db";
    private static final String CORRUPT = ".corrupt-";
    private static final String JOURNAL = NAME + "-journal";
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss.SSS'Z'");

    private final PoolName pool;
    private final Supplier<Path> root;
    private final Truth truth;
    private final InstantSource clock;
    private @Nullable StatDb db;
    private @Nullable Object key;

    StatFile(PoolName pool, Supplier<Path> root, Truth truth, InstantSource clock) {
        this.pool = pool;
        this.root = root;
        this.truth = truth;
        this.clock = clock;
    }

    /// The open file, ready for transactions; opened again where it is not the one of that name any more.
    StatDb open() throws SQLException {
        Path path = root.get().resolve(NAME);
        if (db != null && !Objects.equals(key, key(path))) {
            close();
        }
        if (db == null) {
            StatDb opened = StatDb.open(path);
            try {
                rebuildWhereEmpty(opened);
                db = opened;
                key = key(path);
            } catch (SQLException | RuntimeException e) {
                opened.close();
                throw e;
            }
        }
        return db;
    }

    /// What tells files apart that had the same name one after the other; null where there is none.
    private static @Nullable Object key(Path path) {
        try {
            return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
        } catch (IOException e) {
            return null;
        }
    }

    /// Tables and rows come in one transaction: a file without tables is one nobody has finished.
    private void rebuildWhereEmpty(StatDb opened) throws SQLException {
        opened.begin(false);
        boolean complete = opened.hasTables();
        opened.rollback();
        if (complete) {
            return;
        }
        Map<VolumeName, Bytes> volumes = truth.volumes();
        opened.begin(true);
        opened.createTables();
        for (Map.Entry<VolumeName, Bytes> volume : volumes.entrySet()) {
            opened.put(volume.getKey(), VolumeLayout.hash(volume.getKey()), volume.getValue(), clock.instant(), "");
        }
        opened.commit();
        LOG.atInfo()
                .addKeyValue("pool", pool)
                .addKeyValue("volumes", volumes.size())
                .log("stat.db written from the volumes of the pool");
    }

    /// Closes the file, so that the next use opens what is there then.
    void close() {
        StatDb open = db;
        db = null;
        if (open != null) {
            try {
                open.close();
            } catch (SQLException e) {
                LOG.atWarn().addKeyValue("pool", pool).setCause(e).log("stat.db could not be closed in good order");
            }
        }
    }

    /// Closes a damaged file and moves it out of the way.
    void setAside() {
        close();
        Path directory = root.get();
        String suffix = CORRUPT + TIME.format(clock.instant().atOffset(ZoneOffset.UTC));
        try {
            // first the journal: SQLite would play it back into the new file
            move(directory.resolve(JOURNAL), directory.resolve(NAME + suffix + "-journal"));
            move(directory.resolve(NAME), directory.resolve(NAME + suffix));
        } catch (IOException e) {
            throw new StorageException(
                    Problem.UNAVAILABLE, "pool " + pool + ": the damaged stat.db cannot be set aside: " + e, e);
        }
        LOG.atError()
                .addKeyValue("pool", pool)
                .addKeyValue("file", NAME + suffix)
                .log("stat.db is damaged and was set aside; it is rebuilt from the volumes of the pool");
    }

    /// What [#setAside()] has made in `root`, in the order of time.
    static List<String> setAside(Path root) throws IOException {
        try (Stream<Path> files = Files.list(root)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(file -> file.startsWith(NAME + CORRUPT) && !file.endsWith("-journal"))
                    .sorted()
                    .toList();
        }
    }

    private static void move(Path from, Path to) throws IOException {
        if (Files.exists(from)) {
            Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
        }
    }
}
