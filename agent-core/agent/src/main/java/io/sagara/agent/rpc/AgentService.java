package io.sagara.agent.rpc;

import io.grpc.stub.StreamObserver;
import io.sagara.agent.block.NodeVolumes;
import io.sagara.agent.pool.Backends;
import io.sagara.agent.pool.Pools;
import io.sagara.agent.volume.ReclaimService;
import io.sagara.agent.volume.SnapshotService;
import io.sagara.agent.volume.VolumeRequest;
import io.sagara.agent.volume.VolumeService;
import io.sagara.api.v1.AgentGrpc;
import io.sagara.api.v1.AgentInfo;
import io.sagara.api.v1.ApplyPoolRequest;
import io.sagara.api.v1.CheckPoolRequest;
import io.sagara.api.v1.CreateSnapshotRequest;
import io.sagara.api.v1.CreateVolumeRequest;
import io.sagara.api.v1.DeleteSnapshotRequest;
import io.sagara.api.v1.DeleteSnapshotResponse;
import io.sagara.api.v1.DeleteVolumeRequest;
import io.sagara.api.v1.DeleteVolumeResponse;
import io.sagara.api.v1.ExpandVolumeRequest;
import io.sagara.api.v1.GetCapacityRequest;
import io.sagara.api.v1.GetCapacityResponse;
import io.sagara.api.v1.GetInfoRequest;
import io.sagara.api.v1.GetPoolRequest;
import io.sagara.api.v1.GetSnapshotRequest;
import io.sagara.api.v1.GetVolumeRequest;
import io.sagara.api.v1.GetVolumeStatsRequest;
import io.sagara.api.v1.GrowVolumeRequest;
import io.sagara.api.v1.GrowVolumeResponse;
import io.sagara.api.v1.HealPoolRequest;
import io.sagara.api.v1.ListDeletedVolumesRequest;
import io.sagara.api.v1.ListDeletedVolumesResponse;
import io.sagara.api.v1.ListPoolsRequest;
import io.sagara.api.v1.ListPoolsResponse;
import io.sagara.api.v1.ListSnapshotsRequest;
import io.sagara.api.v1.ListSnapshotsResponse;
import io.sagara.api.v1.ListSplitBrainRequest;
import io.sagara.api.v1.ListSplitBrainResponse;
import io.sagara.api.v1.ListVolumesRequest;
import io.sagara.api.v1.ListVolumesResponse;
import io.sagara.api.v1.PoolStatus;
import io.sagara.api.v1.Progress;
import io.sagara.api.v1.PublishVolumeRequest;
import io.sagara.api.v1.PublishVolumeResponse;
import io.sagara.api.v1.PurgeArchivedRequest;
import io.sagara.api.v1.PurgeArchivedResponse;
import io.sagara.api.v1.RebalancePoolRequest;
import io.sagara.api.v1.RebalanceStatus;
import io.sagara.api.v1.RemovePoolRequest;
import io.sagara.api.v1.ReplaceBrickRequest;
import io.sagara.api.v1.ResolveSplitBrainRequest;
import io.sagara.api.v1.ShutdownRequest;
import io.sagara.api.v1.Snapshot;
import io.sagara.api.v1.StageVolumeRequest;
import io.sagara.api.v1.StageVolumeResponse;
import io.sagara.api.v1.TlsMaterial;
import io.sagara.api.v1.UndeleteVolumeRequest;
import io.sagara.api.v1.UnpublishVolumeRequest;
import io.sagara.api.v1.UnpublishVolumeResponse;
import io.sagara.api.v1.UnstageVolumeRequest;
import io.sagara.api.v1.UnstageVolumeResponse;
import io.sagara.api.v1.Volume;
import io.sagara.api.v1.VolumeStats;
import io.sagara.spi.Bytes;
import io.sagara.spi.Layout;
import io.sagara.spi.PoolName;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import io.sagara.spi.VolumeName;
import java.util.Optional;
import java.util.function.Consumer;

/// The agent's API. What a call throws is answered by the server as its problem's status.
public final class AgentService extends AgentGrpc.AgentImplBase {
    private final Identity identity;
    private final Pools pools;
    private final Backends backends;
    private final VolumeService volumes;
    private final SnapshotService snapshots;
    private final ReclaimService reclaim;
    private final NodeVolumes node;
    private final Consumer<ShutdownRequest> end;

    /// Who this agent is.
    public record Identity(String version, String node, String glusterfs) {}

    /// `end`: ends the agent after a shutdown was answered.
    public AgentService(
            Identity identity,
            Pools pools,
            Backends backends,
            VolumeService volumes,
            NodeVolumes node,
            Consumer<ShutdownRequest> end) {
        this.identity = identity;
        this.pools = pools;
        this.backends = backends;
        this.volumes = volumes;
        this.snapshots = new SnapshotService(volumes);
        this.reclaim = new ReclaimService(volumes);
        this.node = node;
        this.end = end;
    }

    @Override
    public void getInfo(GetInfoRequest request, StreamObserver<AgentInfo> caller) {
        answer(
                caller,
                AgentInfo.newBuilder()
                        .setVersion(identity.version())
                        .setNode(identity.node())
                        .setReady(pools.settled())
                        .addAllBackends(backends.types())
                        .addAllRefusedBackends(backends.refused())
                        .setPid(ProcessHandle.current().pid())
                        .setGlusterfsVersion(identity.glusterfs())
                        .build());
    }

    @Override
    public void shutdown(ShutdownRequest request, StreamObserver<Progress> caller) {
        ProgressStream progress = new ProgressStream(caller);
        if (!request.getKeepServing()) {
            pools.names().forEach(pool -> node.withdraw(pool, progress));
            pools.stopAll(request.getErase(), progress);
        }
        progress.finish();
        end.accept(request);
    }

    @Override
    public void applyPool(ApplyPoolRequest request, StreamObserver<Progress> caller) {
        ProgressStream progress = new ProgressStream(caller);
        Optional<TlsMaterial> material = request.hasTls() ? Optional.of(request.getTls()) : Optional.empty();
        progress.finish(pools.apply(request.getPool(), material, progress));
    }

    @Override
    public void removePool(RemovePoolRequest request, StreamObserver<Progress> caller) {
        PoolName name = new PoolName(request.getName());
        node.refuseWhilePublished(name);
        ProgressStream progress = new ProgressStream(caller);
        pools.remove(name, request.getErase(), progress);
        progress.finish();
    }

    @Override
    public void listPools(ListPoolsRequest request, StreamObserver<ListPoolsResponse> caller) {
        answer(
                caller,
                ListPoolsResponse.newBuilder().addAllPools(pools.statuses()).build());
    }

    @Override
    public void getPool(GetPoolRequest request, StreamObserver<PoolStatus> caller) {
        answer(caller, pools.status(new PoolName(request.getName())));
    }

    @Override
    public void createVolume(CreateVolumeRequest request, StreamObserver<Volume> caller) {
        VolumeName name = new VolumeName(request.getName());
        VolumeRequest wanted = new VolumeRequest(
                name,
                Answers.kind(request.getKind()),
                new Bytes(request.getSizeBytes()),
                Answers.limit(request.getLimitBytes()),
                Answers.pool(request.getPool()).or(() -> pools.external(request)),
                Answers.layout(request.getLayout()),
                Answers.text(request.getNode()));
        answer(caller, Answers.volume(made(wanted, request)));
    }

    private VolumeService.Placed made(VolumeRequest wanted, CreateVolumeRequest request) {
        String volume = request.getSourceVolume();
        String snapshot = request.getSourceSnapshot();
        if (!volume.isEmpty() && !snapshot.isEmpty()) {
            throw new StorageException(
                    Problem.INVALID_ARGUMENT, "a volume is a copy of a volume or of a snapshot; name one of both");
        }
        if (!volume.isEmpty()) {
            return volumes.copy(wanted, existingName(volume));
        }
        return snapshot.isEmpty() ? volumes.create(wanted) : snapshots.restore(wanted, existingName(snapshot));
    }

    @Override
    public void createSnapshot(CreateSnapshotRequest request, StreamObserver<Snapshot> caller) {
        VolumeName name = new VolumeName(request.getName());
        answer(caller, Snapshots.snapshot(snapshots.create(name, existingName(request.getSourceVolume()))));
    }

    @Override
    public void deleteSnapshot(DeleteSnapshotRequest request, StreamObserver<DeleteSnapshotResponse> caller) {
        possibleName(request.getName()).ifPresent(snapshots::delete);
        answer(caller, DeleteSnapshotResponse.getDefaultInstance());
    }

    @Override
    public void getSnapshot(GetSnapshotRequest request, StreamObserver<Snapshot> caller) {
        answer(caller, Snapshots.snapshot(snapshots.require(existingName(request.getName()))));
    }

    @Override
    public void listSnapshots(ListSnapshotsRequest request, StreamObserver<ListSnapshotsResponse> caller) {
        answer(caller, Snapshots.list(snapshots, request));
    }

    @Override
    public void deleteVolume(DeleteVolumeRequest request, StreamObserver<DeleteVolumeResponse> caller) {
        Optional<VolumeName> name = possibleName(request.getName());
        name.ifPresent(volumes::delete);
        answer(caller, DeleteVolumeResponse.getDefaultInstance());
    }

    /// A name no volume can have is a volume that does not exist.
    private static Optional<VolumeName> possibleName(String name) {
        try {
            return Optional.of(new VolumeName(name));
        } catch (StorageException e) {
            return Optional.empty();
        }
    }

    private static VolumeName existingName(String name) {
        try {
            return new VolumeName(name);
        } catch (StorageException e) {
            // with the name cut and cleaned as there: it may be anything
            throw new StorageException(Problem.NOT_FOUND, "no such volume: " + e.getMessage(), e);
        }
    }

    @Override
    public void expandVolume(ExpandVolumeRequest request, StreamObserver<Volume> caller) {
        answer(
                caller,
                Answers.volume(volumes.expand(
                        existingName(request.getName()),
                        new Bytes(request.getSizeBytes()),
                        Answers.limit(request.getLimitBytes()))));
    }

    @Override
    public void getVolume(GetVolumeRequest request, StreamObserver<Volume> caller) {
        answer(caller, Answers.volume(volumes.require(existingName(request.getName()))));
    }

    @Override
    public void listVolumes(ListVolumesRequest request, StreamObserver<ListVolumesResponse> caller) {
        VolumeService.Listing listing = volumes.list(
                Answers.pool(request.getPool()),
                Answers.text(request.getPageToken()).map(VolumeName::new),
                request.getMaxEntries());
        ListVolumesResponse.Builder response = ListVolumesResponse.newBuilder().addAllProblems(listing.problems());
        listing.volumes().forEach(volume -> response.addVolumes(Answers.volume(volume)));
        listing.next().ifPresent(next -> response.setNextPageToken(next.value()));
        answer(caller, response.build());
    }

    @Override
    public void getCapacity(GetCapacityRequest request, StreamObserver<GetCapacityResponse> caller) {
        Optional<Class<? extends Layout>> layout = Answers.layout(request.getLayout());
        Optional<String> onNode = Answers.text(request.getNode());
        VolumeService.Capacity capacity = volumes.capacity(
                Answers.pool(request.getPool()),
                pool -> layout.map(type -> type.isInstance(pool.layout())).orElse(true)
                        && onNode.map(name -> pool.bricks().stream()
                                        .allMatch(brick -> brick.unit().node().equals(name)))
                                .orElse(true));
        answer(
                caller,
                GetCapacityResponse.newBuilder()
                        .setAvailableBytes(capacity.together().value())
                        .setMaximumVolumeBytes(capacity.largest().value())
                        .build());
    }

    @Override
    public void stageVolume(StageVolumeRequest request, StreamObserver<StageVolumeResponse> caller) {
        node.stage(existingName(request.getName()), request);
        answer(caller, StageVolumeResponse.getDefaultInstance());
    }

    @Override
    public void unstageVolume(UnstageVolumeRequest request, StreamObserver<UnstageVolumeResponse> caller) {
        node.unstage(existingName(request.getName()), request);
        answer(caller, UnstageVolumeResponse.getDefaultInstance());
    }

    @Override
    public void publishVolume(PublishVolumeRequest request, StreamObserver<PublishVolumeResponse> caller) {
        node.publish(existingName(request.getName()), request);
        answer(caller, PublishVolumeResponse.getDefaultInstance());
    }

    @Override
    public void unpublishVolume(UnpublishVolumeRequest request, StreamObserver<UnpublishVolumeResponse> caller) {
        node.unpublish(existingName(request.getName()), request);
        answer(caller, UnpublishVolumeResponse.getDefaultInstance());
    }

    @Override
    public void getVolumeStats(GetVolumeStatsRequest request, StreamObserver<VolumeStats> caller) {
        answer(caller, node.stats(existingName(request.getName()), request));
    }

    @Override
    public void checkPool(CheckPoolRequest request, StreamObserver<Progress> caller) {
        ProgressStream progress = new ProgressStream(caller);
        progress.finish(Reclaims.check(reclaim.check(new PoolName(request.getName()), request.getRepair(), progress)));
    }

    @Override
    public void listDeletedVolumes(
            ListDeletedVolumesRequest request, StreamObserver<ListDeletedVolumesResponse> caller) {
        answer(caller, Reclaims.kept(reclaim.kept(new PoolName(request.getPool()))));
    }

    @Override
    public void undeleteVolume(UndeleteVolumeRequest request, StreamObserver<Volume> caller) {
        answer(
                caller,
                Answers.volume(reclaim.undelete(new PoolName(request.getPool()), existingName(request.getName()))));
    }

    @Override
    public void purgeArchived(PurgeArchivedRequest request, StreamObserver<PurgeArchivedResponse> caller) {
        answer(
                caller,
                Reclaims.purged(reclaim.purgeArchived(new PoolName(request.getPool()), Reclaims.named(request))));
    }

    @Override
    public void growVolume(GrowVolumeRequest request, StreamObserver<GrowVolumeResponse> caller) {
        Bytes size = node.grow(existingName(request.getName()), request);
        answer(
                caller,
                GrowVolumeResponse.newBuilder().setSizeBytes(size.value()).build());
    }

    @Override
    public void healPool(HealPoolRequest request, StreamObserver<Progress> caller) {
        ProgressStream progress = new ProgressStream(caller);
        pools.care(new PoolName(request.getPool())).heal(request.getFull(), progress);
        progress.finish();
    }

    @Override
    public void listSplitBrain(ListSplitBrainRequest request, StreamObserver<ListSplitBrainResponse> caller) {
        answer(
                caller,
                Answers.splitBrain(pools.care(new PoolName(request.getPool())).splitBrain()));
    }

    @Override
    public void resolveSplitBrain(ResolveSplitBrainRequest request, StreamObserver<Progress> caller) {
        ProgressStream progress = new ProgressStream(caller);
        pools.care(new PoolName(request.getPool())).resolve(request, progress);
        progress.finish();
    }

    @Override
    public void rebalancePool(RebalancePoolRequest request, StreamObserver<RebalanceStatus> caller) {
        answer(caller, pools.care(new PoolName(request.getPool())).rebalance(request.getAction()));
    }

    @Override
    public void replaceBrick(ReplaceBrickRequest request, StreamObserver<Progress> caller) {
        ProgressStream progress = new ProgressStream(caller);
        pools.replaceBrick(new PoolName(request.getPool()), request.getUnit(), request.getForce(), progress);
        progress.finish();
    }

    private static <T> void answer(StreamObserver<T> caller, T response) {
        caller.onNext(response);
        caller.onCompleted();
    }
}
