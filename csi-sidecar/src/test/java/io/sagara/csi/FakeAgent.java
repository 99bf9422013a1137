package io.sagara.csi;

import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.stub.StreamObserver;
import io.sagara.api.v1.AgentGrpc;
import io.sagara.api.v1.AgentInfo;
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
import io.sagara.api.v1.LayoutType;
import io.sagara.api.v1.ListPoolsRequest;
import io.sagara.api.v1.ListPoolsResponse;
import io.sagara.api.v1.ListSnapshotsRequest;
import io.sagara.api.v1.ListSnapshotsResponse;
import io.sagara.api.v1.ListVolumesRequest;
import io.sagara.api.v1.ListVolumesResponse;
import io.sagara.api.v1.PoolPhase;
import io.sagara.api.v1.PoolSpec;
import io.sagara.api.v1.PoolStatus;
import io.sagara.api.v1.PublishVolumeRequest;
import io.sagara.api.v1.PublishVolumeResponse;
import io.sagara.api.v1.Snapshot;
import io.sagara.api.v1.StageVolumeRequest;
import io.sagara.api.v1.StageVolumeResponse;
import io.sagara.api.v1.UnpublishVolumeRequest;
import io.sagara.api.v1.UnpublishVolumeResponse;
import io.sagara.api.v1.UnstageVolumeRequest;
import io.sagara.api.v1.UnstageVolumeResponse;
import io.sagara.api.v1.Volume;
import io.sagara.api.v1.VolumeKind;
import io.sagara.api.v1.VolumeStats;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// An agent that keeps volumes in memory and publishes plain directories. It keeps the agent's contract: every
/// call is idempotent, names are volume names, problems are the agent's.
final class FakeAgent extends AgentGrpc.AgentImplBase {
    static final String NODE = "node-1";

    /// What was asked, oldest first.
    final List<Message> requests = new CopyOnWriteArrayList<>();
    /// Pools by name.
    final Map<String, PoolStatus> pools = new ConcurrentSkipListMap<>();
    /// What the next list cannot read.
    final List<String> unreadable = new CopyOnWriteArrayList<>();

    volatile boolean ready = true;
    /// What every call fails with.
    volatile @Nullable RuntimeException failure;
    /// While set, no call is answered before it is opened, or the call is cancelled.
    volatile @Nullable CountDownLatch gate;
    /// What calls that reached the gate count down.
    volatile CountDownLatch arrived = new CountDownLatch(1);
    /// What calls that were cancelled at the gate count down.
    volatile CountDownLatch cancelled = new CountDownLatch(1);
    /// How long the last call may take.
    volatile @Nullable Deadline deadline;

    volatile VolumeStats stats = VolumeStats.newBuilder()
            .setTotalBytes(100)
            .setUsedBytes(30)
            .setAvailableBytes(70)
            .setTotalInodes(10)
            .setUsedInodes(1)
            .setFreeInodes(9)
            .build();

    private final Map<String, Volume> volumes = new TreeMap<>();
    private final Map<String, Snapshot> snapshots = new TreeMap<>();
    private final FakePlaces places = new FakePlaces();

    FakeAgent() {
        pool("p1", LayoutType.REPLICA1, PoolPhase.READY, "");
    }

    void pool(String name, LayoutType layout, PoolPhase phase, String message) {
        pools.put(
                name,
                PoolStatus.newBuilder()
                        .setSpec(PoolSpec.newBuilder().setName(name).setLayout(layout))
                        .setPhase(phase)
                        .setMessage(message)
                        .build());
    }

    synchronized void put(Volume volume) {
        volumes.put(volume.getName(), volume);
    }

    /// The last request of a type, which must have come.
    <T extends Message> T last(Class<T> type) {
        return requests.reversed().stream()
                .filter(type::isInstance)
                .map(type::cast)
                .findFirst()
                .orElseThrow(() -> new AssertionError("the agent got no " + type.getSimpleName() + " but " + requests));
    }

    @Override
    public void getInfo(GetInfoRequest request, StreamObserver<AgentInfo> caller) {
        answer(
                request,
                caller,
                () -> AgentInfo.newBuilder()
                        .setNode(NODE)
                        .setReady(ready)
                        .setVersion("1")
                        .build());
    }

    @Override
    public void listPools(ListPoolsRequest request, StreamObserver<ListPoolsResponse> caller) {
        answer(
                request,
                caller,
                () -> ListPoolsResponse.newBuilder().addAllPools(pools.values()).build());
    }

    @Override
    public void getPool(GetPoolRequest request, StreamObserver<PoolStatus> caller) {
        answer(request, caller, () -> {
            PoolStatus pool = pools.get(request.getName());
            if (pool == null) {
                throw new StorageException(Problem.NOT_FOUND, "no pool " + request.getName());
            }
            return pool;
        });
    }

    @Override
    public void createVolume(CreateVolumeRequest request, StreamObserver<Volume> caller) {
        answer(request, caller, () -> {
            Volume known = volumes.get(request.getName());
            if (known == null) {
                put(made(request));
            } else if (known.getSizeBytes() < request.getSizeBytes()
                    || (request.getLimitBytes() > 0 && known.getSizeBytes() > request.getLimitBytes())) {
                throw new StorageException(Problem.ALREADY_EXISTS, "volume " + request.getName() + " has another size");
            }
            return find(request.getName());
        });
    }

    private static Volume made(CreateVolumeRequest request) {
        return Volume.newBuilder()
                .setName(request.getName())
                .setPool(request.getPool().isEmpty() ? "p1" : request.getPool())
                .setKind(
                        request.getKind() == VolumeKind.VOLUME_KIND_UNSPECIFIED ? VolumeKind.SUBVOL : request.getKind())
                .setSizeBytes(request.getSizeBytes())
                .setPath("subvol/aa/bb/" + request.getName())
                .setLayout(LayoutType.REPLICA1)
                .build();
    }

    @Override
    public void deleteVolume(DeleteVolumeRequest request, StreamObserver<DeleteVolumeResponse> caller) {
        answer(request, caller, () -> {
            volumes.remove(request.getName());
            return DeleteVolumeResponse.getDefaultInstance();
        });
    }

    @Override
    public void expandVolume(ExpandVolumeRequest request, StreamObserver<Volume> caller) {
        answer(request, caller, () -> {
            Volume known = find(request.getName());
            long size = Math.max(known.getSizeBytes(), request.getSizeBytes());
            put(known.toBuilder().setSizeBytes(size).build());
            return find(request.getName());
        });
    }

    @Override
    public void getVolume(GetVolumeRequest request, StreamObserver<Volume> caller) {
        answer(request, caller, () -> find(request.getName()));
    }

    @Override
    public void listVolumes(ListVolumesRequest request, StreamObserver<ListVolumesResponse> caller) {
        answer(request, caller, () -> {
            int most = request.getMaxEntries() == 0 ? Integer.MAX_VALUE : request.getMaxEntries();
            List<Volume> rest = volumes.values().stream()
                    .filter(volume -> volume.getName().compareTo(request.getPageToken()) > 0)
                    .toList();
            List<Volume> page = rest.stream().limit(most).toList();
            return ListVolumesResponse.newBuilder()
                    .addAllVolumes(page)
                    .addAllProblems(unreadable)
                    .setNextPageToken(page.size() < rest.size() ? page.getLast().getName() : "")
                    .build();
        });
    }

    @Override
    public void createSnapshot(CreateSnapshotRequest request, StreamObserver<Snapshot> caller) {
        answer(
                request,
                caller,
                () -> snapshots.computeIfAbsent(
                        request.getName(),
                        name -> Snapshot.newBuilder()
                                .setName(name)
                                .setPool("p1")
                                .setSourceVolume(find(request.getSourceVolume()).getName())
                                .setSizeBytes(find(request.getSourceVolume()).getSizeBytes())
                                .setTakenAt(Timestamp.newBuilder().setSeconds(7))
                                .build()));
    }

    @Override
    public void deleteSnapshot(DeleteSnapshotRequest request, StreamObserver<DeleteSnapshotResponse> caller) {
        answer(request, caller, () -> {
            snapshots.remove(request.getName());
            return DeleteSnapshotResponse.getDefaultInstance();
        });
    }

    @Override
    public void getSnapshot(GetSnapshotRequest request, StreamObserver<Snapshot> caller) {
        answer(request, caller, () -> {
            Snapshot snapshot = snapshots.get(request.getName());
            if (snapshot == null) {
                throw new StorageException(Problem.NOT_FOUND, "no snapshot " + request.getName());
            }
            return snapshot;
        });
    }

    @Override
    public void listSnapshots(ListSnapshotsRequest request, StreamObserver<ListSnapshotsResponse> caller) {
        answer(request, caller, () -> {
            String source = request.getSourceVolume();
            List<Snapshot> rest = snapshots.values().stream()
                    .filter(snapshot ->
                            source.isEmpty() || snapshot.getSourceVolume().equals(source))
                    .filter(snapshot -> snapshot.getName().compareTo(request.getPageToken()) > 0)
                    .toList();
            List<Snapshot> page = rest.stream().limit(request.getMaxEntries()).toList();
            return ListSnapshotsResponse.newBuilder()
                    .addAllSnapshots(page)
                    .setNextPageToken(page.size() < rest.size() ? page.getLast().getName() : "")
                    .build();
        });
    }

    @Override
    public void getCapacity(GetCapacityRequest request, StreamObserver<GetCapacityResponse> caller) {
        answer(
                request,
                caller,
                () -> GetCapacityResponse.newBuilder()
                        .setAvailableBytes(1000)
                        .setMaximumVolumeBytes(600)
                        .build());
    }

    @Override
    public void stageVolume(StageVolumeRequest request, StreamObserver<StageVolumeResponse> caller) {
        answer(request, caller, () -> {
            places.stage(find(request.getName()).getName(), request.getStagingPath());
            return StageVolumeResponse.getDefaultInstance();
        });
    }

    @Override
    public void unstageVolume(UnstageVolumeRequest request, StreamObserver<UnstageVolumeResponse> caller) {
        answer(request, caller, () -> {
            places.unstage(request.getName(), request.getStagingPath());
            return UnstageVolumeResponse.getDefaultInstance();
        });
    }

    @Override
    public void publishVolume(PublishVolumeRequest request, StreamObserver<PublishVolumeResponse> caller) {
        answer(request, caller, () -> {
            places.publish(find(request.getName()).getName(), request.getTargetPath(), request.getExclusive());
            return PublishVolumeResponse.getDefaultInstance();
        });
    }

    @Override
    public void unpublishVolume(UnpublishVolumeRequest request, StreamObserver<UnpublishVolumeResponse> caller) {
        answer(request, caller, () -> {
            places.unpublish(request.getName(), request.getTargetPath());
            return UnpublishVolumeResponse.getDefaultInstance();
        });
    }

    @Override
    public void getVolumeStats(GetVolumeStatsRequest request, StreamObserver<VolumeStats> caller) {
        answer(request, caller, () -> {
            places.check(find(request.getName()).getName(), request.getPath());
            return stats;
        });
    }

    @Override
    public void growVolume(GrowVolumeRequest request, StreamObserver<GrowVolumeResponse> caller) {
        answer(
                request,
                caller,
                () -> GrowVolumeResponse.newBuilder()
                        .setSizeBytes(find(request.getName()).getSizeBytes())
                        .build());
    }

    private Volume find(String name) {
        Volume volume = volumes.get(name);
        if (volume == null) {
            throw new StorageException(Problem.NOT_FOUND, "no volume " + name);
        }
        return volume;
    }

    private <A> void answer(Message request, StreamObserver<A> caller, Supplier<A> work) {
        requests.add(request);
        deadline = Context.current().getDeadline();
        CountDownLatch closed = gate;
        if (closed != null) {
            Context.current().addListener(_ -> cancelled.countDown(), Runnable::run);
            arrived.countDown();
            try {
                closed.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
        RuntimeException broken = failure;
        if (broken != null) {
            throw broken;
        }
        A answer;
        synchronized (this) {
            answer = work.get();
        }
        caller.onNext(answer);
        caller.onCompleted();
    }
}
