package io.sagara.csi.request;

import io.sagara.api.v1.LayoutType;
import io.sagara.api.v1.VolumeKind;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/// The parameters of a StorageClass that choose where a volume is made, and as what. Others are ignored, as
/// Kadalu did: Kubernetes adds some of its own, and old StorageClasses have many.
///
/// `pool`, `node`: empty = any. `layout`: unspecified = any. `blockFile`: the volume is a file with a file
/// system in it, not a directory. `externalVolume`, `externalHosts`: of the cluster of an External pool, by
/// which it is found where `pool` is empty.
public record StorageParameters(
        String pool,
        LayoutType layout,
        String node,
        boolean blockFile,
        String externalVolume,
        List<String> externalHosts) {
    /// Copies the list.
    public StorageParameters {
        externalHosts = List.copyOf(externalHosts);
    }

    /// Reads the parameters of a request.
    public static StorageParameters parse(Map<String, String> parameters) {
        LayoutType hosted = layout(parameters, "hostvol_type");
        LayoutType stored = layout(parameters, "storage_type");
        return new StorageParameters(
                parameters.getOrDefault("storage_name", ""),
                stored == LayoutType.LAYOUT_TYPE_UNSPECIFIED ? hosted : stored,
                parameters.getOrDefault("node_affinity", ""),
                blockFile(parameters.getOrDefault("pv_type", "")),
                parameters.getOrDefault("gluster_volname", ""),
                Stream.of(parameters.getOrDefault("gluster_hosts", "").split(",", -1))
                        .map(String::strip)
                        .filter(host -> !host.isEmpty())
                        .toList());
    }

    /// What a volume with these parameters is, for callers that want all of this access. Refuses a block volume
    /// that is to be used on several nodes: two of them writing would destroy it.
    public VolumeKind kindFor(List<Access> wanted) {
        VolumeKind kind = kindFor(wanted.getFirst().block());
        if (kind != VolumeKind.SUBVOL && wanted.stream().anyMatch(access -> access.nodes() == Access.Nodes.MANY)) {
            throw new StorageException(
                    Problem.INVALID_ARGUMENT,
                    "a block volume can be used on one node only; use access mode ReadWriteOnce or ReadWriteOncePod, or"
                            + " a StorageClass without pv_type=Block and volumeMode Filesystem");
        }
        return kind;
    }

    private VolumeKind kindFor(boolean device) {
        if (device) {
            return VolumeKind.RAWBLOCK;
        }
        return blockFile ? VolumeKind.VIRTBLOCK : VolumeKind.SUBVOL;
    }

    private static LayoutType layout(Map<String, String> parameters, String key) {
        String name = parameters.getOrDefault(key, "");
        return name.isEmpty() ? LayoutType.LAYOUT_TYPE_UNSPECIFIED : LayoutName.parse(key, name);
    }

    private static boolean blockFile(String type) {
        return switch (type.toLowerCase(Locale.ROOT)) {
            case "" -> false;
            case "subvol" -> false;
            case "block" -> true;
            default ->
                throw new StorageException(
                        Problem.INVALID_ARGUMENT,
                        "pv_type '" + Text.shown(type) + "' is unknown; use Block or leave it away");
        };
    }
}
