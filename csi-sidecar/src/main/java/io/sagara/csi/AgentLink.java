package io.sagara.csi;

import io.grpc.Context;
import io.grpc.StatusRuntimeException;
import io.sagara.api.GrpcProblems;
import io.sagara.api.UnixClient;
import io.sagara.api.v1.AgentGrpc;
import io.sagara.api.v1.AgentGrpc.AgentBlockingStub;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/// The way to the agent. A call ends when the caller's own deadline passes, when the caller gives up, or after
/// the bound given here, whichever comes first. Safe for any number of threads; it connects again by itself.
final class AgentLink implements AutoCloseable {
    private final Path socket;
    private final Bounds bounds;
    private final UnixClient client;
    private final AgentBlockingStub agent;

    /// How long a call may take whose caller sets no earlier deadline.
    ///
    /// `change`: one that changes something; a create may have to wait for a pool that is just being mounted.
    /// `query`: one that does not. `probe`: the question whether the agent is ready; Kubernetes asks it with a
    /// deadline of 1 s by default.
    record Bounds(Duration change, Duration query, Duration probe) {
        static final Bounds DEFAULT =
                new Bounds(Duration.ofSeconds(60), Duration.ofSeconds(30), Duration.ofMillis(800));
    }

    /// A way to the agent on `socket`; nothing is connected yet.
    AgentLink(Path socket, Bounds bounds) {
        this.socket = socket;
        this.bounds = bounds;
        client = new UnixClient(socket);
        agent = AgentGrpc.newBlockingStub(client.channel());
    }

    /// Makes a call that changes something. The agent's own failures are passed on as they are.
    <A> A change(Function<AgentBlockingStub, A> call) {
        return call(bounds.change, call);
    }

    /// Makes a call that changes nothing.
    <A> A query(Function<AgentBlockingStub, A> call) {
        return call(bounds.query, call);
    }

    /// Makes the call of a probe.
    <A> A probe(Function<AgentBlockingStub, A> call) {
        return call(bounds.probe, call);
    }

    @Override
    public void close() {
        client.close();
    }

    private <A> A call(Duration bound, Function<AgentBlockingStub, A> call) {
        try {
            return call.apply(agent.withDeadlineAfter(bound.toMillis(), TimeUnit.MILLISECONDS));
        } catch (StatusRuntimeException e) {
            String message =
                    switch (GrpcProblems.unanswered(e).orElseThrow(() -> e)) {
                        case UNREACHABLE -> unreachable();
                        case LATE ->
                            "the agent on " + socket + " did not answer in time and may still be working on it;"
                                    + " repeat the call, and look at the agent's log if that goes on";
                        // by the caller, or by an agent that stops
                        case CANCELLED -> Context.current().isCancelled() ? "the caller gave up" : unreachable();
                    };
            throw new StorageException(Problem.UNAVAILABLE, message, GrpcProblems.fromStatus(e));
        }
    }

    private String unreachable() {
        return "the agent does not answer on " + socket + ": is it running?";
    }
}
