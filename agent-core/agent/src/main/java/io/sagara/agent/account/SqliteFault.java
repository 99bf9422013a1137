package io.sagara.agent.account;

import java.sql.SQLException;
import org.sqlite.SQLiteErrorCode;

/// What a failed statement says about the file.
enum SqliteFault {
    /// The file is no database, or a broken one.
    CORRUPT,
    /// The file cannot be read or written: the mount died or was replaced, or a lock was lost.
    UNREACHABLE,
    /// Another process holds its lock for longer than we wait.
    LOCKED,
    /// The pool is full.
    FULL,
    /// The statement is wrong, which is our mistake.
    OTHER;

    private static final int PRIMARY_CODE = 0xff;

    static SqliteFault of(SQLException e) {
        // extended codes hold the primary one in their lowest byte
        return switch (SQLiteErrorCode.getErrorCode(e.getErrorCode() & PRIMARY_CODE)) {
            case SQLITE_CORRUPT, SQLITE_NOTADB, SQLITE_FORMAT, SQLITE_SCHEMA -> CORRUPT;
            case SQLITE_IOERR, SQLITE_CANTOPEN, SQLITE_READONLY, SQLITE_PERM, SQLITE_AUTH, SQLITE_PROTOCOL ->
                UNREACHABLE;
            case SQLITE_BUSY, SQLITE_LOCKED -> LOCKED;
            case SQLITE_FULL -> FULL;
            default -> OTHER;
        };
    }
}
