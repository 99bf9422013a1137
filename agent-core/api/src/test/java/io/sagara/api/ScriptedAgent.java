package io.sagara.api;

import io.grpc.stub.StreamObserver;
import io.sagara.api.v1.AgentGrpc;
import io.sagara.api.v1.AgentInfo;
import io.sagara.api.v1.ApplyPoolRequest;
import io.sagara.api.v1.GetInfoRequest;
import io.sagara.api.v1.Progress;
import java.util.function.Consumer;

/// A service of which a test says what it does: one call with one answer, and one that streams.
final class ScriptedAgent extends AgentGrpc.AgentImplBase {
    volatile Consumer<StreamObserver<AgentInfo>> info = caller -> {
        caller.onNext(AgentInfo.newBuilder().setNode("n").build());
        caller.onCompleted();
    };
    volatile Consumer<StreamObserver<Progress>> apply = StreamObserver::onCompleted;

    @Override
    public void getInfo(GetInfoRequest request, StreamObserver<AgentInfo> caller) {
        info.accept(caller);
    }

    @Override
    public void applyPool(ApplyPoolRequest request, StreamObserver<Progress> caller) {
        apply.accept(caller);
    }
}
