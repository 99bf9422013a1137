package io.sagara.agent.rpc;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.sagara.api.v1.PoolCheck;
import io.sagara.api.v1.PoolStatus;
import io.sagara.api.v1.Progress;
import java.util.function.Consumer;

/// Sends progress lines to a caller for as long as it listens; work goes on when it does not. Any thread may
/// send.
final class ProgressStream implements Consumer<String> {
    private final StreamObserver<Progress> caller;

    ProgressStream(StreamObserver<Progress> caller) {
        this.caller = caller;
        if (caller instanceof ServerCallStreamObserver<Progress> call) {
            // without a handler, sending to a caller who has gone throws
            call.setOnCancelHandler(() -> {});
        }
    }

    @Override
    public synchronized void accept(String line) {
        caller.onNext(Progress.newBuilder().setLine(line).build());
    }

    synchronized void finish(PoolStatus pool) {
        caller.onNext(Progress.newBuilder().setPool(pool).build());
        caller.onCompleted();
    }

    synchronized void finish(PoolCheck check) {
        caller.onNext(Progress.newBuilder().setCheck(check).build());
        caller.onCompleted();
    }

    synchronized void finish() {
        caller.onCompleted();
    }
}
