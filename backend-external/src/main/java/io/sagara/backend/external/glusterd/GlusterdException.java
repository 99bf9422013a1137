package io.sagara.backend.external.glusterd;

import java.io.IOException;

/// glusterd has answered, with no.
public final class GlusterdException extends IOException {
    private static final long serialVersionUID = 1L;

    private static final int ENOENT = 2;
    private static final int EOPNOTSUPP = 95;

    private final int errno;

    GlusterdException(int errno) {
        super("glusterd answers with error " + errno);
        this.errno = errno;
    }

    /// There is no such volume.
    public boolean noVolume() {
        return errno == ENOENT;
    }

    /// The volume has features that this version of the client does not know.
    public boolean clientTooOld() {
        return errno == EOPNOTSUPP;
    }
}
