package com.example.scratch;

import com.google.gson.Gson;
import com.google.gson.JsonParseException;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/// The disks of this node by the names users may use, from `disks.json` in the backend's state directory:
/// `{"disks": {"fast": "/srv/nvme", "big": "/srv/hdd"}}`. Read anew each time, so it can be edited at any time.
record Disks(Map<String, String> disks) {
    /// `where`: what messages begin with.
    static Disks read(Path stateDirectory, String where) {
        Path file = stateDirectory.resolve("disks.json");
        try {
            Disks read = new Gson().fromJson(Files.readString(file), Disks.class);
            if (read == null || read.disks() == null) {
                throw new JsonParseException("it has no \"disks\"");
            }
            return read;
        } catch (NoSuchFileException e) {
            return new Disks(Map.of());
        } catch (IOException | JsonParseException e) {
            throw new StorageException(
                    Problem.INVALID_ARGUMENT,
                    where + file + " cannot be used (" + e.getMessage() + "); write {\"disks\": {\"NAME\": \"/DIRECTORY\"}}",
                    e);
        }
    }

    /// The directory of a disk.
    Optional<Path> find(String name) {
        return Optional.ofNullable(disks.get(name)).map(Path::of);
    }
}
