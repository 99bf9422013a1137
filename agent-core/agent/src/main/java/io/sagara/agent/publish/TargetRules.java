package io.sagara.agent.publish;

import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Optional;
import java.util.function.Supplier;

/// Where volumes may be published. `within`: only below this directory; empty = anywhere. `state`: the agent's
/// own directory, and `storage`: those of bricks; never in or around them.
public record TargetRules(Optional<Path> within, Path state, Supplier<Collection<Path>> storage) {
    /// PATH_MAX of linux/limits.h, less the zero byte.
    private static final int LONGEST = 4095;
    /// NAME_MAX.
    private static final int LONGEST_NAME = 255;

    private static final int SHOWN = 128;

    /// The path that `text` is. INVALID_ARGUMENT, saying why and naming `field`, where no volume may be there.
    /// Touches no file.
    public Path parse(String field, String text) {
        if (text.isEmpty()) {
            throw invalid(field, text, "is missing", "set it");
        }
        if (text.chars().anyMatch(Character::isISOControl)) {
            throw invalid(field, text, "has control characters", "use a plain path");
        }
        if (!text.startsWith("/")) {
            throw invalid(field, text, "is relative", "use an absolute path");
        }
        if (text.getBytes(StandardCharsets.UTF_8).length > LONGEST) {
            throw invalid(field, text, "is longer than " + LONGEST + " bytes", "use a shorter path");
        }
        Path path = path(field, text);
        check(field, text, path);
        return path;
    }

    private static Path path(String field, String text) {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw invalid(field, text, "is no file name here (" + e.getReason() + ")", "use a plain path");
        }
    }

    private void check(String field, String text, Path path) {
        for (Path part : path) {
            String name = part.toString();
            if (name.equals("..") || name.equals(".")) {
                throw invalid(field, text, "has the component '" + name + "'", "use a path without it");
            }
            if (name.getBytes(StandardCharsets.UTF_8).length > LONGEST_NAME) {
                throw invalid(field, text, "has a component of more than " + LONGEST_NAME + " bytes", "shorten it");
            }
        }
        if (path.getNameCount() == 0) {
            throw invalid(field, text, "is the root directory", "use a directory of its own");
        }
        checkPlace(field, text, path);
    }

    private void checkPlace(String field, String text, Path path) {
        within.filter(allowed -> !path.startsWith(allowed) || path.equals(allowed))
                .ifPresent(allowed -> {
                    throw invalid(
                            field, text, "is not below " + allowed, "use a path there, or change SAGARA_KUBELET_DIR");
                });
        if (overlaps(path, state)) {
            throw invalid(field, text, "lies in or around the agent's own directory", "use another path");
        }
        storage.get().stream()
                .filter(brick -> overlaps(path, brick))
                .findFirst()
                .ifPresent(brick -> {
                    throw invalid(
                            field,
                            text,
                            "lies in or around " + brick + ", which holds a pool's data",
                            "use another path");
                });
    }

    private static boolean overlaps(Path one, Path other) {
        return one.startsWith(other) || other.startsWith(one);
    }

    private static StorageException invalid(String field, String text, String why, String what) {
        String plain = text.replaceAll("\\p{Cntrl}", "?");
        String shown = plain.length() <= SHOWN ? plain : plain.substring(0, SHOWN) + "…";
        return new StorageException(Problem.INVALID_ARGUMENT, field + " '" + shown + "' " + why + "; " + what);
    }
}
