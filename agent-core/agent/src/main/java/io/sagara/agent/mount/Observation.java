package io.sagara.agent.mount;

/// What one look at a mount has shown.
sealed interface Observation {
    /// A client was started or taken over; nothing is known of it yet.
    record Fresh() implements Observation {}

    /// Client and bricks answer. `connected` of `bricks` translators for bricks have a connection. `complete`: every
    /// set has as many as it needs.
    record Answers(int connected, int bricks, boolean complete) implements Observation {}

    /// The client answers, and says that it can reach no brick, or another error.
    record BricksRefuse(String reason) implements Observation {}

    /// The client answers; the bricks have not, within the deadline.
    record BricksSilent() implements Observation {}

    /// The client itself has not answered within the deadline.
    record ClientSilent() implements Observation {}

    /// There is no client or no mount.
    record Gone(String reason) implements Observation {}
}
