package io.sagara.volfile;

import java.io.Serial;

/// What was asked for is no graph that GlusterFS or Sagara can use. The message names the translator, option or
/// line, and what would be right. Callers treat it as an invalid argument.
public class VolfileException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    /// `message`: what, which, and what to do.
    public VolfileException(String message) {
        super(message);
    }

    /// `message`: what, which, and what to do. `cause`: what was caught.
    public VolfileException(String message, Throwable cause) {
        super(message, cause);
    }
}
