package io.sagara.agent.account;

import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Where the native part of SQLite is unpacked.
public final class SqliteLibrary {
    private static final String DIRECTORY = "org.sqlite.tmpdir";

    private SqliteLibrary() {}

    /// Makes this process unpack it into `directory` when the first ledger is opened, which takes about 20 ms.
    /// It removes what a killed process has left there. Call it once, before the first ledger is used; without
    /// it the directory of the system for temporary files is used, and fills with copies.
    ///
    /// `directory`: for this process alone, created where absent.
    public static void unpackInto(Path directory) {
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new StorageException(
                    Problem.UNAVAILABLE, "SQLite cannot be unpacked into " + directory + ": " + e, e);
        }
        System.setProperty(DIRECTORY, directory.toString());
    }
}
