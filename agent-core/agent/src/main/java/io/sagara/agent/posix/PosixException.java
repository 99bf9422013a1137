package io.sagara.agent.posix;

import java.io.IOException;

/// A system call that failed. `getMessage` says which call on which file and the kernel's reason.
public final class PosixException extends IOException {
    private static final long serialVersionUID = 1L;

    private final int errno;

    /// `errno`: the number from the kernel, as in errno(3).
    public PosixException(int errno, String message) {
        super(message);
        this.errno = errno;
    }

    /// The number from the kernel, as in errno(3).
    public int errno() {
        return errno;
    }
}
