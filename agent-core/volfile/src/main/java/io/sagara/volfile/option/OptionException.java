package io.sagara.volfile.option;

import io.sagara.volfile.VolfileException;
import java.io.Serial;

/// A user's option that is unknown, has a value that is not allowed, or would break Sagara.
public final class OptionException extends VolfileException {
    @Serial
    private static final long serialVersionUID = 1L;

    private final String option;
    private final String value;
    private final String allowed;

    OptionException(String option, String value, String problem, String allowed) {
        super("option '" + option + "' with value '" + value + "': " + problem + "; " + allowed);
        this.option = option;
        this.value = value;
        this.allowed = allowed;
    }

    /// The key as the user wrote it.
    public String option() {
        return option;
    }

    /// The value as the user wrote it.
    public String value() {
        return value;
    }

    /// What to do instead: the values that are allowed, a key that exists, or to leave the option out.
    public String allowed() {
        return allowed;
    }
}
