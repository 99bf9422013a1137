package io.sagara.integration;

import java.util.List;

/// One disk that several nodes of the test cluster have mounted in the same place: they share a kernel, so it
/// is one file system there, as storage is that follows a pod from node to node.
final class SharedDisk implements AutoCloseable {
    private static final String FILE = "/var/lib/shared-disk.img";

    private final Kubernetes cluster;
    private final String directory;
    private final List<String> nodes;
    private final String device;

    SharedDisk(Kubernetes cluster, String directory, List<String> nodes) {
        this.cluster = cluster;
        this.directory = directory;
        this.nodes = nodes;
        cluster.onNode(nodes.getFirst(), "truncate", "--size=2G", FILE);
        device = cluster.onNode(nodes.getFirst(), "losetup", "--find", "--show", FILE)
                .strip();
        cluster.onNode(nodes.getFirst(), "mkfs.ext4", "-q", device);
        for (String node : nodes) {
            cluster.onNode(node, "mkdir", "-p", directory);
            cluster.onNode(node, "mount", device, directory);
        }
    }

    String device() {
        return device;
    }

    /// Fails where somebody still has it.
    @Override
    public void close() {
        nodes.forEach(node -> cluster.onNode(node, "umount", directory));
        cluster.onNode(nodes.getFirst(), "losetup", "--detach", device);
        cluster.onNode(nodes.getFirst(), "rm", FILE);
    }
}
