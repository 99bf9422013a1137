package io.sagara.csi;

import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/// Where the volumes of a [FakeAgent] are staged and published. A published volume is a plain directory.
final class FakePlaces {
    private enum Use {
        STAGED,
        PUBLISHED
    }

    private final Map<String, Map<String, Use>> places = new TreeMap<>();

    void stage(String volume, String path) {
        of(volume).put(path, Use.STAGED);
    }

    void unstage(String volume, String path) {
        of(volume).remove(path);
    }

    void publish(String volume, String path, boolean exclusive) {
        boolean elsewhere = of(volume).entrySet().stream()
                .anyMatch(place ->
                        place.getValue() == Use.PUBLISHED && !place.getKey().equals(path));
        if (exclusive && elsewhere) {
            throw new StorageException(Problem.IN_USE, "volume " + volume + " is published elsewhere");
        }
        try {
            Files.createDirectories(Path.of(path));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        of(volume).put(path, Use.PUBLISHED);
    }

    void unpublish(String volume, String path) {
        of(volume).remove(path);
        try {
            Files.deleteIfExists(Path.of(path));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void check(String volume, String path) {
        if (!of(volume).containsKey(path)) {
            throw new StorageException(Problem.NOT_FOUND, "volume " + volume + " is not at " + path);
        }
    }

    private Map<String, Use> of(String volume) {
        return places.computeIfAbsent(volume, _ -> new TreeMap<>());
    }
}
