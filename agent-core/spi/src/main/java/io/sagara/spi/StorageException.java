package io.sagara.spi;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The one exception of the SPI. Its message is shown to the user, so it says what failed, on which thing, and
/// what to do about it: `pool p1, unit 2: /dev/sdb holds ext4; choose a blank device or set 'wipe: true'`.
public final class StorageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Problem problem;

    /// A failure without a cause that anyone would want to read.
    public StorageException(Problem problem, String message) {
        this(problem, message, null);
    }

    /// A failure that follows from `cause`.
    public StorageException(Problem problem, String message, @Nullable Throwable cause) {
        super(Objects.requireNonNull(message), cause);
        this.problem = Objects.requireNonNull(problem);
    }

    /// How the caller should react.
    public Problem problem() {
        return problem;
    }
}
