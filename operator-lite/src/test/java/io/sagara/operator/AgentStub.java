package io.sagara.operator;

import io.grpc.stub.StreamObserver;
import io.sagara.api.v1.AgentGrpc;
import io.sagara.api.v1.ApplyPoolRequest;
import io.sagara.api.v1.ListPoolsRequest;
import io.sagara.api.v1.ListPoolsResponse;
import io.sagara.api.v1.PoolSpec;
import io.sagara.api.v1.Progress;
import io.sagara.api.v1.RemovePoolRequest;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;

/// An agent of node n1 that serves every pool at once, but those named `refused`.
final class AgentStub extends AgentGrpc.AgentImplBase {
    final Map<String, PoolSpec> served = new ConcurrentSkipListMap<>();

    @Override
    public void listPools(ListPoolsRequest request, StreamObserver<ListPoolsResponse> caller) {
        ListPoolsResponse.Builder pools = ListPoolsResponse.newBuilder();
        served.values().forEach(plan -> pools.addPools(Pools.served(plan, "n1")));
        caller.onNext(pools.build());
        caller.onCompleted();
    }

    @Override
    public void applyPool(ApplyPoolRequest request, StreamObserver<Progress> caller) {
        PoolSpec plan = request.getPool();
        if (plan.getName().equals("refused")) {
            throw new StorageException(Problem.UNSUPPORTED, "pool refused: out of principle");
        }
        served.put(plan.getName(), plan);
        caller.onNext(Progress.newBuilder()
                .setPool(Pools.served(plan, "n1"))
                .setLine("done")
                .build());
        caller.onCompleted();
    }

    @Override
    public void removePool(RemovePoolRequest request, StreamObserver<Progress> caller) {
        served.remove(request.getName());
        caller.onNext(Progress.newBuilder().setLine("done").build());
        caller.onCompleted();
    }
}
