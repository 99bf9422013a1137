package io.sagara.csi;

import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import io.sagara.api.GrpcProblems;
import io.sagara.csi.request.Text;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.slf4j.spi.LoggingEventBuilder;

/// Answers calls and logs each in one line: what changes something, and what fails, at INFO, the rest at DEBUG.
/// Of a request it shows the volume's name only: the rest may be secret.
final class CallLog {
    private static final Logger LOG = LoggerFactory.getLogger(CallLog.class);

    private final InstantSource clock;

    CallLog(InstantSource clock) {
        this.clock = clock;
    }

    /// Answers a call that changes something about `volume`.
    <A> void change(String call, String volume, StreamObserver<A> caller, Supplier<A> work) {
        answer(Level.INFO, call, volume, caller, work);
    }

    /// Answers a call that changes nothing.
    <A> void query(String call, String volume, StreamObserver<A> caller, Supplier<A> work) {
        answer(Level.DEBUG, call, volume, caller, work);
    }

    private <A> void answer(Level level, String call, String volume, StreamObserver<A> caller, Supplier<A> work) {
        Instant begin = clock.instant();
        A answer;
        try {
            answer = work.get();
        } catch (RuntimeException e) {
            String code = GrpcProblems.codeName(e);
            line(Level.INFO, call, volume, code, begin)
                    .addKeyValue("error", message(e))
                    .log("call failed");
            // it becomes a status where every other failure does
            throw e;
        }
        line(level, call, volume, "OK", begin).log("call done");
        caller.onNext(answer);
        caller.onCompleted();
    }

    private static String message(RuntimeException failure) {
        RuntimeException told =
                failure instanceof StatusRuntimeException status ? GrpcProblems.fromStatus(status) : failure;
        return String.valueOf(told.getMessage());
    }

    private LoggingEventBuilder line(Level level, String call, String volume, String code, Instant begin) {
        return LOG.atLevel(level)
                .addKeyValue("call", call)
                .addKeyValue("volume", Text.shown(volume))
                .addKeyValue("code", code)
                .addKeyValue("ms", Duration.between(begin, clock.instant()).toMillis());
    }
}
