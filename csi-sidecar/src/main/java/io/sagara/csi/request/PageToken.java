package io.sagara.csi.request;

import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;

/// Where the next page of a list begins. A caller gets the agent's token with a prefix, so that a token that
/// was never ours is told apart from one that the agent no longer takes.
///
/// `value`: the agent's token; empty for the first page.
public record PageToken(String value) {
    private static final String PREFIX = "v1:";

    /// The token of a request. BUSY, which callers see as the ABORTED that CSI asks for, where it is not ours.
    public static PageToken parse(String token) {
        if (token.isEmpty()) {
            return new PageToken("");
        }
        if (!token.startsWith(PREFIX) || token.length() == PREFIX.length()) {
            throw new StorageException(
                    Problem.BUSY,
                    "starting_token '" + Text.shown(token)
                            + "' is none of this driver; start the list again without a token");
        }
        return new PageToken(token.substring(PREFIX.length()));
    }

    /// As a caller gets it; empty after the last page.
    public String toCsi() {
        return value.isEmpty() ? "" : PREFIX + value;
    }
}
