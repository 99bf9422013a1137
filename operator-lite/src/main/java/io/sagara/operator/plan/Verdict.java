package io.sagara.operator.plan;

import io.sagara.api.v1.PoolSpec;

/// What became of a pool's description. `reason`: one word in camel case; `message`: for people.
public sealed interface Verdict {
    /// The reason where a claim is held by no pod that runs.
    String HOLDER_NEEDED = "HolderNeeded";

    /// It is served as described.
    record Accepted(PoolSpec plan) implements Verdict {}

    /// It goes on being served as it was before the last edit.
    record Kept(PoolSpec plan, String reason, String message) implements Verdict {}

    /// It is wrong as it is, and nothing is served.
    record Rejected(String reason, String message) implements Verdict {}

    /// Something outside of it is missing, and nothing is served until that is there.
    record Waiting(String reason, String message) implements Verdict {}
}
