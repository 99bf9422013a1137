package io.sagara.agent.account;

import io.sagara.spi.Bytes;
import io.sagara.spi.PoolName;
import io.sagara.spi.StorageException;
import io.sagara.spi.VolumeName;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteErrorCode;

/// One open connection to a `stat.db`. Not thread-safe. All statements belong between [#begin] and [#commit] or
/// [#rollback].
///
/// The settings were measured through a GlusterFS mount: a rollback journal that is kept (PERSIST) saves the
/// create and unlink of DELETE and the truncate of TRUNCATE, each a call to every brick; WAL needs memory
/// that all readers share, which no two nodes have; MEMORY is not crash-safe. Synchronous FULL, of which
/// NORMAL would save one fsync in four: SQLite's own documentation allows for damage then, if the power
/// fails. Locks are released after each transaction (NORMAL), so that other nodes and Kadalu's tools can read.
/// Memory mapping is off because the agent's mount is made to bypass the page cache, without which two nodes
/// would not see each other's commits.
final class StatDb implements AutoCloseable {
    /// How long a transaction waits for one of another process.
    private static final int BUSY_TIMEOUT_MILLIS = 5_000;

    private static final long UNKNOWN = -1;

    // byte for byte what Kadalu creates, defaults included: its own statements go on working
    private static final List<String> TABLES = List.of("""
            CREATE TABLE IF NOT EXISTS summary (
                volname    VARCHAR PRIMARY KEY,
                size       INTEGER,
                created_at REAL DEFAULT (datetime('now', 'localtime')),
                updated_at REAL
            )""", """
            CREATE TABLE IF NOT EXISTS pv_stats (
                pvname     VARCHAR PRIMARY KEY,
                hash       VARCHAR,
                size       INTEGER,
                created_at REAL DEFAULT (datetime('now', 'localtime')),
                updated_at REAL
            )""");
    private static final String ROWS = "SELECT pvname, size, created_at, updated_at FROM pv_stats";
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss");

    private static final int TIME_LENGTH = "yyyy-MM-dd HH:mm:ss".length();

    private final Connection connection;
    private final Statement plain;
    private final Object identity = new Object();
    private boolean open;
    private long version = UNKNOWN;
    private long promised;

    private StatDb(Connection connection) throws SQLException {
        this.connection = connection;
        this.plain = connection.createStatement();
    }

    /// Opens the file, or makes an empty one. Throws where it is damaged.
    static StatDb open(Path file) throws SQLException {
        SQLiteConfig config = new SQLiteConfig();
        config.setBusyTimeout(BUSY_TIMEOUT_MILLIS);
        config.setPragma(SQLiteConfig.Pragma.MMAP_SIZE, "0");
        config.setLockingMode(SQLiteConfig.LockingMode.NORMAL);
        config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
        StatDb db = new StatDb(config.createConnection("jdbc:sqlite:" + file));
        try {
            db.plain.execute("PRAGMA journal_mode = PERSIST");
            db.refuseDamage();
            return db;
        } catch (SQLException | RuntimeException e) {
            db.close();
            throw e;
        }
    }

    private void refuseDamage() throws SQLException {
        try (ResultSet row = plain.executeQuery("PRAGMA integrity_check(1)")) {
            String found = row.next() ? row.getString(1) : "no answer";
            if (!"ok".equals(found)) {
                throw new SQLException(found, "", SQLiteErrorCode.SQLITE_CORRUPT.code);
            }
        }
    }

    /// Begins a transaction. `writing`: waits for the lock now, so that nothing that is read can change.
    void begin(boolean writing) throws SQLException {
        plain.execute(writing ? "BEGIN IMMEDIATE" : "BEGIN");
        open = true;
    }

    void commit() throws SQLException {
        plain.execute("COMMIT");
        open = false;
    }

    /// Undoes what was done since [#begin]; without one it does nothing. Throws also where SQLite has undone it
    /// by itself; the connection is of no more use then.
    void rollback() throws SQLException {
        version = UNKNOWN;
        if (open) {
            open = false;
            plain.execute("ROLLBACK");
        }
    }

    boolean hasTables() throws SQLException {
        return number("SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name IN ('summary', 'pv_stats')")
                == TABLES.size();
    }

    void createTables() throws SQLException {
        for (String table : TABLES) {
            plain.execute(table);
        }
    }

    Optional<LedgerEntry> find(VolumeName name) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(ROWS + " WHERE pvname = ?")) {
            select.setString(1, name.value());
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? entry(row) : Optional.empty();
            }
        }
    }

    /// All rows whose name can be a volume's.
    List<LedgerEntry> all() throws SQLException {
        List<LedgerEntry> entries = new ArrayList<>();
        try (ResultSet row = plain.executeQuery(ROWS + " ORDER BY pvname")) {
            while (row.next()) {
                entry(row).ifPresent(entries::add);
            }
        }
        return entries;
    }

    long count() throws SQLException {
        return number("SELECT count(*) FROM pv_stats");
    }

    /// The sum of all sizes; the largest number where it does not fit. Counted again only where another process
    /// has changed the file.
    Bytes promised() throws SQLException {
        long now = number("PRAGMA data_version");
        if (now != version) {
            promised = 0;
            try (ResultSet row = plain.executeQuery("SELECT size FROM pv_stats")) {
                while (row.next()) {
                    promised = saturatedSum(promised, Math.max(0, row.getLong(1)));
                }
            }
            version = now;
        }
        return new Bytes(promised);
    }

    private static long saturatedSum(long a, long b) {
        return a > Long.MAX_VALUE - b ? Long.MAX_VALUE : a + b;
    }

    /// Changes when another connection has changed the file, and for each connection.
    Version version() throws SQLException {
        return new Version(identity, number("PRAGMA data_version"));
    }

    /// What [#version] returns; two are equal where nobody else has written in between.
    record Version(Object connection, long data) {}

    /// Writes the row, keeping the time of creation of one that is there. `writer`: stands in `updated_at`
    /// behind the time, which nobody but us reads; empty for none.
    void put(VolumeName name, String hash, Bytes size, Instant now, String writer) throws SQLException {
        long old = find(name).map(entry -> entry.size().value()).orElse(0L);
        try (PreparedStatement put = connection.prepareStatement("""
                INSERT INTO pv_stats (pvname, hash, size, created_at, updated_at) VALUES (?, ?, ?, ?, ?)
                ON CONFLICT (pvname) DO UPDATE SET size = excluded.size, updated_at = excluded.updated_at""")) {
            put.setString(1, name.value());
            put.setString(2, hash);
            put.setLong(3, size.value());
            put.setString(4, text(now));
            put.setString(5, writer.isEmpty() ? text(now) : text(now) + " " + writer);
            put.executeUpdate();
        }
        promise(size.value(), old);
    }

    void remove(VolumeName name) throws SQLException {
        long old = find(name).map(entry -> entry.size().value()).orElse(0L);
        try (PreparedStatement delete = connection.prepareStatement("DELETE FROM pv_stats WHERE pvname = ?")) {
            delete.setString(1, name.value());
            delete.executeUpdate();
        }
        promise(0, old);
    }

    private void promise(long added, long gone) {
        if (promised == Long.MAX_VALUE) {
            version = UNKNOWN;
        } else {
            promised = saturatedSum(promised - gone, added);
        }
    }

    /// Makes `pool` with `size` the one row of the summary; writes nothing where it is so.
    void summary(PoolName pool, Bytes size, Instant now) throws SQLException {
        try (PreparedStatement same =
                connection.prepareStatement("SELECT count(*) = 1 AND max(volname = ? AND size = ?) FROM summary")) {
            same.setString(1, pool.value());
            same.setLong(2, size.value());
            try (ResultSet row = same.executeQuery()) {
                if (row.next() && row.getBoolean(1)) {
                    return;
                }
            }
        }
        try (PreparedStatement put = connection.prepareStatement("""
                INSERT INTO summary (volname, size, created_at, updated_at) VALUES (?, ?, ?, ?)
                ON CONFLICT (volname) DO UPDATE SET size = excluded.size, updated_at = excluded.updated_at""")) {
            put.setString(1, pool.value());
            put.setLong(2, size.value());
            put.setString(3, text(now));
            put.setString(4, text(now));
            put.executeUpdate();
        }
        try (PreparedStatement others = connection.prepareStatement("DELETE FROM summary WHERE volname <> ?")) {
            others.setString(1, pool.value());
            others.executeUpdate();
        }
    }

    private long number(String query) throws SQLException {
        try (ResultSet row = plain.executeQuery(query)) {
            return row.next() ? row.getLong(1) : 0;
        }
    }

    private static Optional<LedgerEntry> entry(ResultSet row) throws SQLException {
        try {
            VolumeName name = new VolumeName(Objects.requireNonNullElse(row.getString(1), ""));
            Bytes size = new Bytes(Math.max(0, row.getLong(2)));
            return Optional.of(new LedgerEntry(name, size, time(row.getString(3)), writer(row.getString(4))));
        } catch (StorageException e) {
            // another program's row: it counts in the sum, but no volume of ours can have this name
            return Optional.empty();
        }
    }

    private static String writer(@Nullable String updatedAt) {
        return updatedAt == null
                ? ""
                : updatedAt.substring(Math.min(updatedAt.length(), TIME_LENGTH)).strip();
    }

    private static String text(Instant time) {
        return TIME.format(time.atOffset(ZoneOffset.UTC));
    }

    private static Instant time(@Nullable String text) {
        if (text == null) {
            return Instant.EPOCH;
        }
        try {
            return LocalDateTime.parse(text, TIME).toInstant(ZoneOffset.UTC);
        } catch (DateTimeParseException e) {
            return Instant.EPOCH;
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
