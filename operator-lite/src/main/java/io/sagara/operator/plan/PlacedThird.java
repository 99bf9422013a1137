package io.sagara.operator.plan;

import io.sagara.api.v1.Tiebreaker;

/// Whether a tiebreaker has a place.
sealed interface PlacedThird {
    /// With address and port, as far as agents must know them alike.
    record At(Tiebreaker third) implements PlacedThird {}

    /// Something is missing.
    record Nowhere(String reason, String message) implements PlacedThird {}
}
