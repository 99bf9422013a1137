package io.sagara.cli;

import io.grpc.stub.StreamObserver;
import io.sagara.api.v1.AgentGrpc;
import io.sagara.api.v1.AgentInfo;
import io.sagara.api.v1.ApplyPoolRequest;
import io.sagara.api.v1.BrickStatus;
import io.sagara.api.v1.CheckPoolRequest;
import io.sagara.api.v1.CreateVolumeRequest;
import io.sagara.api.v1.DeleteVolumeRequest;
import io.sagara.api.v1.DeleteVolumeResponse;
import io.sagara.api.v1.DeletedVolume;
import io.sagara.api.v1.Difference;
import io.sagara.api.v1.DifferenceKind;
import io.sagara.api.v1.ExpandVolumeRequest;
import io.sagara.api.v1.GetInfoRequest;
import io.sagara.api.v1.ListDeletedVolumesRequest;
import io.sagara.api.v1.ListDeletedVolumesResponse;
import io.sagara.api.v1.ListPoolsRequest;
import io.sagara.api.v1.ListPoolsResponse;
import io.sagara.api.v1.ListVolumesRequest;
import io.sagara.api.v1.ListVolumesResponse;
import io.sagara.api.v1.PoolCheck;
import io.sagara.api.v1.PoolPhase;
import io.sagara.api.v1.PoolSpec;
import io.sagara.api.v1.PoolStatus;
import io.sagara.api.v1.Progress;
import io.sagara.api.v1.PurgeArchivedRequest;
import io.sagara.api.v1.PurgeArchivedResponse;
import io.sagara.api.v1.RemovePoolRequest;
import io.sagara.api.v1.ShutdownRequest;
import io.sagara.api.v1.UndeleteVolumeRequest;
import io.sagara.api.v1.Volume;
import io.sagara.api.v1.VolumeKind;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/// An agent that keeps pools and volumes in memory only. It refuses a pool with a unit whose source contains
/// `refused`, and reports one whose source contains `broken` as degraded.
class FakeAgent extends AgentGrpc.AgentImplBase {
    final Map<String, PoolStatus> pools = new ConcurrentSkipListMap<>();
    final Map<String, Volume> volumes = new ConcurrentSkipListMap<>();
    final List<PurgeArchivedRequest> purges = new CopyOnWriteArrayList<>();
    private final Consumer<ShutdownRequest> onShutdown;

    FakeAgent(Consumer<ShutdownRequest> onShutdown) {
        this.onShutdown = onShutdown;
    }

    @Override
    public void getInfo(GetInfoRequest request, StreamObserver<AgentInfo> answer) {
        AgentInfo info = AgentInfo.newBuilder()
                .setVersion("1.2.3")
                .setNode("localhost")
                .setReady(true)
                .setPid(ProcessHandle.current().pid())
                .addBackends("device")
                .addBackends("path")
                .addRefusedBackends("old.jar: it needs SPI 0.9, this is 1.0")
                .build();
        one(answer, info);
    }

    @Override
    public void applyPool(ApplyPoolRequest request, StreamObserver<Progress> answer) {
        PoolSpec spec = request.getPool();
        String source = spec.getBricks(0).getSource();
        if (source.contains("refused")) {
            throw new StorageException(Problem.INVALID_ARGUMENT, "unit 0: " + source + " is refused; choose another");
        }
        boolean broken = source.contains("broken");
        PoolStatus status = PoolStatus.newBuilder()
                .setSpec(spec)
                .setPhase(broken ? PoolPhase.DEGRADED : PoolPhase.READY)
                .setMessage(broken ? "a brick is down; look at it" : "")
                .setTotalBytes(10L << 30)
                .addBricks(BrickStatus.newBuilder()
                        .setState("RUNNING")
                        .setLocal(true)
                        .setSource(source)
                        .setAddress("127.0.0.1")
                        .setPort(24100)
                        .setPid(4711))
                .build();
        pools.put(spec.getName(), status);
        answer.onNext(Progress.newBuilder().setLine("brick 0 runs").build());
        one(answer, Progress.newBuilder().setPool(status).build());
    }

    @Override
    public void removePool(RemovePoolRequest request, StreamObserver<Progress> answer) {
        if (pools.remove(request.getName()) == null) {
            throw new StorageException(Problem.NOT_FOUND, "there is no pool " + request.getName() + "; see pool list");
        }
        one(
                answer,
                Progress.newBuilder()
                        .setLine(request.getErase() ? "erased" : "removed")
                        .build());
    }

    @Override
    public void listPools(ListPoolsRequest request, StreamObserver<ListPoolsResponse> answer) {
        one(answer, ListPoolsResponse.newBuilder().addAllPools(pools.values()).build());
    }

    @Override
    public void createVolume(CreateVolumeRequest request, StreamObserver<Volume> answer) {
        Volume volume = Volume.newBuilder()
                .setName(request.getName())
                .setPool(request.getPool())
                .setKind(VolumeKind.SUBVOL)
                .setSizeBytes(request.getSizeBytes())
                .setPath("subvol/ab/cd/" + request.getName())
                .build();
        volumes.put(volume.getName(), volume);
        one(answer, volume);
    }

    @Override
    public void expandVolume(ExpandVolumeRequest request, StreamObserver<Volume> answer) {
        Volume volume = volumes.get(request.getName());
        if (volume == null) {
            throw new StorageException(
                    Problem.NOT_FOUND, "there is no volume " + request.getName() + "; see volume list");
        }
        one(answer, volume.toBuilder().setSizeBytes(request.getSizeBytes()).build());
    }

    @Override
    public void deleteVolume(DeleteVolumeRequest request, StreamObserver<DeleteVolumeResponse> answer) {
        volumes.remove(request.getName());
        one(answer, DeleteVolumeResponse.getDefaultInstance());
    }

    @Override
    public void listVolumes(ListVolumesRequest request, StreamObserver<ListVolumesResponse> answer) {
        one(
                answer,
                ListVolumesResponse.newBuilder()
                        .addAllVolumes(volumes.values().stream()
                                .filter(volume -> request.getPool().isEmpty()
                                        || volume.getPool().equals(request.getPool()))
                                .toList())
                        .build());
    }

    @Override
    public void purgeArchived(PurgeArchivedRequest request, StreamObserver<PurgeArchivedResponse> answer) {
        purges.add(request);
        PurgeArchivedResponse.Builder purged = PurgeArchivedResponse.newBuilder();
        if (!request.getAll()) {
            purged.addVolumes(request.getVolume());
        }
        one(answer, purged.build());
    }

    @Override
    public void undeleteVolume(UndeleteVolumeRequest request, StreamObserver<Volume> answer) {
        one(
                answer,
                Volume.newBuilder()
                        .setName(request.getName())
                        .setPool(request.getPool())
                        .build());
    }

    @Override
    public void listDeletedVolumes(
            ListDeletedVolumesRequest request, StreamObserver<ListDeletedVolumesResponse> answer) {
        one(
                answer,
                ListDeletedVolumesResponse.newBuilder()
                        .addVolumes(DeletedVolume.newBuilder()
                                .setName("v2")
                                .setPool(request.getPool())
                                .setSizeBytes(1L << 30)
                                .setArchived(true))
                        .build());
    }

    @Override
    public void checkPool(CheckPoolRequest request, StreamObserver<Progress> answer) {
        answer.onNext(Progress.newBuilder().setLine("comparing").build());
        PoolCheck.Builder check = PoolCheck.newBuilder().setVolumes(volumes.size());
        if (request.getName().contains("damaged")) {
            check.addDifferences(Difference.newBuilder()
                    .setKind(DifferenceKind.NO_LIMIT)
                    .setWhat("volume v1 has no limit")
                    .setAdvice(request.getRepair() ? "" : "repeat with --repair")
                    .setRepaired(request.getRepair()));
        }
        one(answer, Progress.newBuilder().setCheck(check).build());
    }

    @Override
    public void shutdown(ShutdownRequest request, StreamObserver<Progress> answer) {
        one(answer, Progress.newBuilder().setLine("all pools are stopped").build());
        onShutdown.accept(request);
    }

    private static <T> void one(StreamObserver<T> answer, T message) {
        answer.onNext(message);
        answer.onCompleted();
    }
}
