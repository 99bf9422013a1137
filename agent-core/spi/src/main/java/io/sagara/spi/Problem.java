package io.sagara.spi;

/// How a caller should react to a failure. There is no kind that means "anything".
public enum Problem {
    /// The request can never succeed as it is; change it.
    INVALID_ARGUMENT,
    /// The thing named in the request does not exist.
    NOT_FOUND,
    /// It exists already and differs from what was asked for.
    ALREADY_EXISTS,
    /// A number or position is outside what is possible.
    OUT_OF_RANGE,
    /// The space, the quota or the range of ports is used up.
    NO_SPACE,
    /// Something else uses it; stop that first.
    IN_USE,
    /// The same thing is being worked on right now; repeat the request later.
    BUSY,
    /// A part that is needed does not answer; repeat the request later.
    UNAVAILABLE,
    /// Neither this backend nor this machine can do it.
    UNSUPPORTED,
    /// A fault in Sagara, a backend or a tool it calls.
    INTERNAL
}
