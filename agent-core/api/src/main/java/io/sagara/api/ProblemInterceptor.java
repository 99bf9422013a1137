package io.sagara.api;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/// Turns what a service throws, or hands to `onError`, into the status of its problem, and says in a trailer
/// that it was the service that answered.
final class ProblemInterceptor implements ServerInterceptor {
    private static final System.Logger LOG = System.getLogger(ProblemInterceptor.class.getName());

    private final CallWatch watch;

    ProblemInterceptor(CallWatch watch) {
        this.watch = watch;
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        Answering<Q, A> answering = new Answering<>(call, watch);
        try {
            return new Guarded<>(next.startCall(answering, headers), answering);
        } catch (RuntimeException | Error e) {
            answering.fail(e);
            return new ServerCall.Listener<>() {};
        }
    }

    private static final class Answering<Q, A> extends SimpleForwardingServerCall<Q, A> {
        private final AtomicBoolean closed = new AtomicBoolean();
        private final AtomicBoolean told = new AtomicBoolean();
        private final CallWatch watch;
        private final long began = System.nanoTime();

        Answering(ServerCall<Q, A> call, CallWatch watch) {
            super(call);
            this.watch = watch;
        }

        /// A call that was cancelled may be answered all the same, to nobody; it ends once.
        void tell(String result) {
            if (!told.getAndSet(true)) {
                watch.ended(
                        String.valueOf(getMethodDescriptor().getBareMethodName()),
                        isCancelled() ? CallWatch.CANCELLED : result,
                        Duration.ofNanos(System.nanoTime() - began));
            }
        }

        @Override
        public void close(Status status, Metadata trailers) {
            closed.set(true);
            // grpc's own handler makes UNKNOWN of an exception that a service hands to onError
            boolean thrown = status.getCode() == Status.Code.UNKNOWN && status.getCause() != null;
            Status answer = thrown ? GrpcProblems.toStatus(status.getCause()) : status;
            // a status that is only passed on was logged where it was made
            boolean ours = thrown && !(status.getCause() instanceof StatusRuntimeException);
            if (ours && answer.getCode() == Status.Code.INTERNAL) {
                log(System.Logger.Level.ERROR, "call failed: ", status.getCause());
            }
            if (!answer.isOk()) {
                trailers.put(
                        GrpcProblems.PROBLEM,
                        GrpcProblems.problem(answer.getCode()).name());
            }
            tell(answer.isOk() ? CallWatch.OK : String.valueOf(trailers.get(GrpcProblems.PROBLEM)));
            super.close(answer, trailers);
        }

        void fail(Throwable failure) {
            if (isCancelled()) {
                // nobody waits for the answer, and giving up is how cancelled work ends
                log(System.Logger.Level.DEBUG, "cancelled call ended: ", failure);
            } else if (closed.get()) {
                log(System.Logger.Level.ERROR, "call failed after it was answered: ", failure);
            } else {
                close(Status.UNKNOWN.withCause(failure), new Metadata());
            }
        }

        private void log(System.Logger.Level level, String what, Throwable failure) {
            LOG.log(level, () -> what + getMethodDescriptor().getFullMethodName(), failure);
        }
    }

    /// Answers what the service throws. What it throws after a call has ended has no one to be answered to.
    private static final class Guarded<Q, A> extends SimpleForwardingServerCallListener<Q> {
        private final Answering<Q, A> call;

        Guarded(ServerCall.Listener<Q> service, Answering<Q, A> call) {
            super(service);
            this.call = call;
        }

        @Override
        public void onMessage(Q message) {
            guard(() -> super.onMessage(message));
        }

        @Override
        public void onHalfClose() {
            guard(super::onHalfClose);
        }

        @Override
        public void onReady() {
            guard(super::onReady);
        }

        @Override
        public void onCancel() {
            call.tell(CallWatch.CANCELLED);
            guard(super::onCancel);
        }

        private void guard(Runnable step) {
            try {
                step.run();
            } catch (RuntimeException | Error e) {
                call.fail(e);
            }
        }
    }
}
