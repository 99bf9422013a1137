package io.sagara.csi.request;

import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.util.List;

/// The fields that many requests have.
public final class Fields {
    private Fields() {}

    /// `value`, which must be there. What it may look like is for the agent to say.
    public static String required(String field, String value) {
        if (value.isEmpty()) {
            throw new StorageException(Problem.INVALID_ARGUMENT, field + " is missing; set it");
        }
        return value;
    }

    /// A path that must be there, absolute and free of `..`.
    public static String path(String field, String value) {
        required(field, value);
        if (!isPlainAbsolute(value)) {
            throw new StorageException(
                    Problem.INVALID_ARGUMENT,
                    field + " must be an absolute path without '..'; it is '" + Text.shown(value) + "'");
        }
        return value;
    }

    /// A path that must be there and at which the volume should be. A path at which nothing can be published is
    /// NOT_FOUND, as CSI has it.
    public static String placeOf(String volume, String field, String value) {
        required(field, value);
        if (!isPlainAbsolute(value)) {
            throw new StorageException(
                    Problem.NOT_FOUND,
                    "volume " + Text.shown(volume) + " is not at '" + Text.shown(value) + "'; " + field
                            + " must be the absolute path where it is staged or published");
        }
        return value;
    }

    private static boolean isPlainAbsolute(String path) {
        return path.startsWith("/")
                && path.indexOf('\0') < 0
                && !List.of(path.split("/", -1)).contains("..");
    }
}
