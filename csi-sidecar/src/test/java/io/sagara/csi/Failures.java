package io.sagara.csi;

import io.grpc.StatusRuntimeException;
import io.sagara.api.GrpcProblems;
import io.sagara.spi.StorageException;
import java.util.function.Supplier;

/// What calls fail with.
final class Failures {
    private Failures() {}

    /// The failure of a call, which must fail.
    static StorageException of(Supplier<?> call) {
        Object answer;
        try {
            answer = call.get();
        } catch (StatusRuntimeException e) {
            return GrpcProblems.fromStatus(e);
        }
        throw new AssertionError("the call succeeded: " + answer);
    }
}
