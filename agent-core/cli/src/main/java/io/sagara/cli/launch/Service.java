package io.sagara.cli.launch;

/// A JVM of the distribution.
public enum Service {
    /// Serves pools and volumes.
    AGENT("agent"),
    /// Answers CSI calls by asking the agent.
    CSI("csi");

    private final String directory;

    Service(String directory) {
        this.directory = directory;
    }

    /// What its directory in `lib/`, its flags in `conf/` and its log are called.
    public String directory() {
        return directory;
    }

    /// Whether exit code 0 means that it was asked to shut down for good; the sidecar is never asked.
    boolean shutsDown() {
        return this == AGENT;
    }

    @Override
    public String toString() {
        return this == CSI ? "csi-sidecar" : "agent";
    }
}
