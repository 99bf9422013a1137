package io.sagara.integration;

import io.sagara.api.UnixClient;
import io.sagara.csi.v1.CapacityRange;
import io.sagara.csi.v1.ControllerExpandVolumeRequest;
import io.sagara.csi.v1.ControllerGrpc;
import io.sagara.csi.v1.CreateSnapshotRequest;
import io.sagara.csi.v1.CreateVolumeRequest;
import io.sagara.csi.v1.DeleteSnapshotRequest;
import io.sagara.csi.v1.DeleteVolumeRequest;
import io.sagara.csi.v1.IdentityGrpc;
import io.sagara.csi.v1.ListSnapshotsRequest;
import io.sagara.csi.v1.ListSnapshotsResponse;
import io.sagara.csi.v1.ListVolumesRequest;
import io.sagara.csi.v1.NodeGetVolumeStatsRequest;
import io.sagara.csi.v1.NodeGetVolumeStatsResponse;
import io.sagara.csi.v1.NodeGrpc;
import io.sagara.csi.v1.NodePublishVolumeRequest;
import io.sagara.csi.v1.NodeStageVolumeRequest;
import io.sagara.csi.v1.NodeUnpublishVolumeRequest;
import io.sagara.csi.v1.NodeUnstageVolumeRequest;
import io.sagara.csi.v1.ProbeRequest;
import io.sagara.csi.v1.Snapshot;
import io.sagara.csi.v1.Volume;
import io.sagara.csi.v1.VolumeCapability;
import io.sagara.csi.v1.VolumeContentSource;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// An ordinary CSI client, as kubelet and the provisioner are one. Every call has a deadline of a minute and
/// throws gRPC's own exception. Safe for any number of threads.
public final class CsiClient implements AutoCloseable {
    private static final long DEADLINE_SECONDS = 60;

    private final UnixClient client;

    /// A client of the sidecar on `socket`.
    public CsiClient(Path socket) {
        client = new UnixClient(socket);
    }

    /// The CSI Identity service.
    public IdentityGrpc.IdentityBlockingStub identity() {
        return IdentityGrpc.newBlockingStub(client.channel()).withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS);
    }

    /// The CSI Controller service.
    public ControllerGrpc.ControllerBlockingStub controller() {
        return ControllerGrpc.newBlockingStub(client.channel()).withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS);
    }

    /// The CSI Node service.
    public NodeGrpc.NodeBlockingStub node() {
        return NodeGrpc.newBlockingStub(client.channel()).withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS);
    }

    /// Whether the driver says it is ready.
    public boolean ready() {
        return identity().probe(ProbeRequest.getDefaultInstance()).getReady().getValue();
    }

    /// What pods ask for: a file system many may write to.
    public static VolumeCapability shared() {
        return VolumeCapability.newBuilder()
                .setMount(VolumeCapability.MountVolume.getDefaultInstance())
                .setAccessMode(VolumeCapability.AccessMode.newBuilder()
                        .setMode(VolumeCapability.AccessMode.Mode.MULTI_NODE_MULTI_WRITER))
                .build();
    }

    /// Makes a volume of exactly `bytes` in the named pool.
    public Volume create(String name, String pool, long bytes) {
        return controller()
                .createVolume(CreateVolumeRequest.newBuilder()
                        .setName(name)
                        .setCapacityRange(CapacityRange.newBuilder().setRequiredBytes(bytes))
                        .addVolumeCapabilities(shared())
                        .putParameters("storage_name", pool)
                        .build())
                .getVolume();
    }

    /// Makes a volume of exactly `bytes` with the content of `source`, in its pool.
    public Volume copy(String source, String name, long bytes) {
        return controller()
                .createVolume(CreateVolumeRequest.newBuilder()
                        .setName(name)
                        .setCapacityRange(CapacityRange.newBuilder().setRequiredBytes(bytes))
                        .addVolumeCapabilities(shared())
                        .setVolumeContentSource(VolumeContentSource.newBuilder()
                                .setVolume(VolumeContentSource.VolumeSource.newBuilder()
                                        .setVolumeId(source)))
                        .build())
                .getVolume();
    }

    /// Makes a volume of exactly `bytes` with the content of a snapshot, in its pool.
    public Volume restore(String snapshot, String name, long bytes) {
        return controller()
                .createVolume(CreateVolumeRequest.newBuilder()
                        .setName(name)
                        .setCapacityRange(CapacityRange.newBuilder().setRequiredBytes(bytes))
                        .addVolumeCapabilities(shared())
                        .setVolumeContentSource(VolumeContentSource.newBuilder()
                                .setSnapshot(VolumeContentSource.SnapshotSource.newBuilder()
                                        .setSnapshotId(snapshot)))
                        .build())
                .getVolume();
    }

    /// Makes a snapshot of a volume.
    public Snapshot snapshot(String source, String name) {
        return controller()
                .createSnapshot(CreateSnapshotRequest.newBuilder()
                        .setName(name)
                        .setSourceVolumeId(source)
                        .build())
                .getSnapshot();
    }

    /// Deletes a snapshot.
    public void deleteSnapshot(String id) {
        var _ = controller()
                .deleteSnapshot(
                        DeleteSnapshotRequest.newBuilder().setSnapshotId(id).build());
    }

    /// All snapshots.
    public List<Snapshot> snapshots() {
        return controller().listSnapshots(ListSnapshotsRequest.getDefaultInstance()).getEntriesList().stream()
                .map(ListSnapshotsResponse.Entry::getSnapshot)
                .toList();
    }

    /// Deletes a volume.
    public void delete(String id) {
        var _ = controller()
                .deleteVolume(DeleteVolumeRequest.newBuilder().setVolumeId(id).build());
    }

    /// Expands a volume to `bytes`.
    public void expand(String id, long bytes) {
        var _ = controller()
                .controllerExpandVolume(ControllerExpandVolumeRequest.newBuilder()
                        .setVolumeId(id)
                        .setCapacityRange(CapacityRange.newBuilder().setRequiredBytes(bytes))
                        .build());
    }

    /// The ids of all volumes.
    public List<String> list() {
        return controller().listVolumes(ListVolumesRequest.getDefaultInstance()).getEntriesList().stream()
                .map(entry -> entry.getVolume().getVolumeId())
                .toList();
    }

    /// Stages a volume and publishes it at `target`, whose parent exists.
    public void publish(Volume volume, Path staging, Path target) {
        stage(volume, staging);
        publishStaged(volume, staging, target);
    }

    /// Stages a volume at a directory that exists.
    public void stage(Volume volume, Path staging) {
        Map<String, String> context = volume.getVolumeContextMap();
        var _ = node().nodeStageVolume(NodeStageVolumeRequest.newBuilder()
                .setVolumeId(volume.getVolumeId())
                .setStagingTargetPath(staging.toString())
                .setVolumeCapability(shared())
                .putAllVolumeContext(context)
                .build());
    }

    /// Publishes a staged volume.
    public void publishStaged(Volume volume, Path staging, Path target) {
        var _ = node().nodePublishVolume(NodePublishVolumeRequest.newBuilder()
                .setVolumeId(volume.getVolumeId())
                .setStagingTargetPath(staging.toString())
                .setTargetPath(target.toString())
                .setVolumeCapability(shared())
                .putAllVolumeContext(volume.getVolumeContextMap())
                .build());
    }

    /// Unpublishes.
    public void unpublish(String id, Path target) {
        var _ = node().nodeUnpublishVolume(NodeUnpublishVolumeRequest.newBuilder()
                .setVolumeId(id)
                .setTargetPath(target.toString())
                .build());
    }

    /// Unstages.
    public void unstage(String id, Path staging) {
        var _ = node().nodeUnstageVolume(NodeUnstageVolumeRequest.newBuilder()
                .setVolumeId(id)
                .setStagingTargetPath(staging.toString())
                .build());
    }

    /// Space, inodes and condition of a published volume.
    public NodeGetVolumeStatsResponse stats(String id, Path path) {
        return node().nodeGetVolumeStats(NodeGetVolumeStatsRequest.newBuilder()
                .setVolumeId(id)
                .setVolumePath(path.toString())
                .build());
    }

    @Override
    public void close() {
        client.close();
    }
}
