package io.sagara.csi.request;

import io.sagara.csi.v1.VolumeCapability;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.util.List;

/// How a volume is to be used: a checked VolumeCapability.
///
/// `block`: as a block device, otherwise as a mounted directory. `nodes`: on how many nodes at once.
/// `readonly`: nobody writes. `exclusive`: at one path of one node only. `mountFlags`: as in `mount -o`; they
/// may be secret and are never logged. The file system type of a request is not looked at: a directory of a
/// pool has none, and Kubernetes sends one for every volume.
public record Access(boolean block, Nodes nodes, boolean readonly, boolean exclusive, List<String> mountFlags) {
    /// On how many nodes a volume is used at once.
    public enum Nodes {
        /// On one.
        ONE,
        /// On any number.
        MANY
    }

    /// Keeps its own copy of the flags.
    public Access {
        mountFlags = List.copyOf(mountFlags);
    }

    /// All capabilities of a volume, of which there must be at least one, and which must agree on what a volume
    /// is.
    public static List<Access> allOf(List<VolumeCapability> capabilities) {
        if (capabilities.isEmpty()) {
            throw invalid("volume_capabilities are missing; give at least one");
        }
        List<Access> all = capabilities.stream().map(Access::of).toList();
        if (all.stream().map(Access::block).distinct().count() > 1) {
            throw invalid("volume_capabilities ask for a block device and for a mounted directory; a volume is one or"
                    + " the other: use two volumes");
        }
        return all;
    }

    /// The one capability of a request. One that is missing is the same as one that says nothing: it is
    /// refused.
    public static Access of(VolumeCapability capability) {
        boolean block =
                switch (capability.getAccessTypeCase()) {
                    case BLOCK -> true;
                    case MOUNT -> false;
                    case ACCESSTYPE_NOT_SET ->
                        throw invalid(
                                "volume_capability is missing or has no access type; set mount or block, and an access mode");
                };
        if (!capability.getMount().getVolumeMountGroup().isEmpty()) {
            throw invalid("volume_mount_group is not supported; leave it away and let the caller set the group");
        }
        List<String> flags = capability.getMount().getMountFlagsList();
        return switch (capability.getAccessMode().getMode()) {
            case SINGLE_NODE_WRITER, SINGLE_NODE_MULTI_WRITER -> new Access(block, Nodes.ONE, false, false, flags);
            case SINGLE_NODE_SINGLE_WRITER -> new Access(block, Nodes.ONE, false, true, flags);
            case SINGLE_NODE_READER_ONLY -> new Access(block, Nodes.ONE, true, false, flags);
            case MULTI_NODE_READER_ONLY -> new Access(block, Nodes.MANY, true, false, flags);
            case MULTI_NODE_SINGLE_WRITER, MULTI_NODE_MULTI_WRITER ->
                new Access(block, Nodes.MANY, false, false, flags);
            case UNKNOWN, UNRECOGNIZED ->
                throw invalid("volume_capability has no access mode that this driver knows; use one of"
                        + " SINGLE_NODE_WRITER, SINGLE_NODE_SINGLE_WRITER, SINGLE_NODE_MULTI_WRITER,"
                        + " SINGLE_NODE_READER_ONLY, MULTI_NODE_READER_ONLY, MULTI_NODE_SINGLE_WRITER,"
                        + " MULTI_NODE_MULTI_WRITER");
        };
    }

    private static StorageException invalid(String message) {
        return new StorageException(Problem.INVALID_ARGUMENT, message);
    }
}
