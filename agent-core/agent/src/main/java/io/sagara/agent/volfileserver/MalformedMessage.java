package io.sagara.agent.volfileserver;

import java.io.IOException;

/// A peer sent what is not the protocol; its connection cannot go on.
final class MalformedMessage extends IOException {
    private static final long serialVersionUID = 1L;

    MalformedMessage(String message) {
        super(message);
    }
}
