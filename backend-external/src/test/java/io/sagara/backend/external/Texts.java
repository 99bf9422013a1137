package io.sagara.backend.external;

/// Graphs as glusterd 10.3 writes them, without the options that nothing here depends on.
final class Texts {
    /// `replica 3 arbiter 1`.
    static final String COPIES = client(0)
            + client(1)
            + client(2)
            + translator(
                    "vol-replicate-0",
                    "cluster/replicate",
                    "    option arbiter-count 1\n",
                    "vol-client-0 vol-client-1 vol-client-2")
            + translator("vol-dht", "cluster/distribute", "    option lock-migration off\n", "vol-replicate-0")
            + translator("vol-write-behind", "performance/write-behind", "", "vol-dht")
            + translator("vol-md-cache", "performance/md-cache", "", "vol-write-behind")
            + translator("vol", "debug/io-stats", "    option log-level INFO\n", "vol-md-cache");

    private Texts() {}

    /// Two bricks, each with files of its own.
    static String spread() {
        return client(0)
                + client(1)
                + translator("vol-dht", "cluster/distribute", "", "vol-client-0 vol-client-1")
                + translator("vol", "debug/io-stats", "", "vol-dht");
    }

    static String client(int index) {
        return translator(
                "vol-client-" + index,
                "protocol/client",
                "    option remote-subvolume /bricks/b" + index
                        + "\n    option remote-host 127.0.0.1\n    option remote-port 1\n",
                "");
    }

    /// What the file of the first brick's graph is called.
    static String brickId() {
        return "vol.127.0.0.1.bricks-b0";
    }

    static String brick(String quotaOptions) {
        return translator("vol-posix", "storage/posix", "    option directory /bricks/b0\n", "")
                + translator("vol-quota", "features/quota", quotaOptions, "vol-posix");
    }

    /// With all bricks at this port.
    static String at(int port, String graph) {
        return graph.replace("remote-port 1\n", "remote-port " + port + "\n");
    }

    static String translator(String name, String type, String options, String below) {
        return "volume " + name + "\n    type " + type + "\n" + options
                + (below.isEmpty() ? "" : "    subvolumes " + below + "\n") + "end-volume\n\n";
    }
}
