package io.sagara.spi;

/// A storage backend: who plays the three roles. The agent asks once and keeps the answers.
public interface Backend {
    /// Role 1.
    Volfiles volfiles();

    /// Role 2.
    Bricks bricks();

    /// Role 3.
    Provisioning provisioning();

    /// Role 4. The default is for backends whose bricks are ours.
    default Cluster cluster() {
        return Cluster.NONE;
    }
}
