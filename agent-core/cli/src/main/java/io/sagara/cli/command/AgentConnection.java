package io.sagara.cli.command;

import io.grpc.StatusRuntimeException;
import io.sagara.api.GrpcProblems;
import io.sagara.api.UnixClient;
import io.sagara.api.v1.AgentGrpc;
import io.sagara.api.v1.AgentGrpc.AgentBlockingStub;
import io.sagara.api.v1.AgentInfo;
import io.sagara.api.v1.GetInfoRequest;
import io.sagara.api.v1.ListPoolsRequest;
import io.sagara.api.v1.PoolStatus;
import io.sagara.api.v1.Progress;
import io.sagara.cli.launch.Child;
import io.sagara.cli.state.StateDirectory;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;

/// Calls of the agent that serves a state directory. Failures are [io.sagara.spi.StorageException]s with the
/// agent's message.
public final class AgentConnection implements AutoCloseable {
    // longer than any single call may take, so that it ends what would otherwise hang for ever
    private static final int DEADLINE_SECONDS = 120;

    private final UnixClient client;
    private final AgentBlockingStub stub;

    private AgentConnection(StateDirectory state) {
        client = new UnixClient(state.agentSocket());
        stub = AgentGrpc.newBlockingStub(client.channel());
    }

    /// Connects; ends the command as unreachable where no agent answers.
    public static AgentConnection open(StateDirectory state) {
        if (!Child.isListening(state.agentSocket())) {
            throw new Failure(
                    ExitCode.UNREACHABLE,
                    "no agent serves " + state.root() + "; start one with 'sagara up --state " + state.root()
                            + " --file POOLS.yaml'");
        }
        return new AgentConnection(state);
    }

    public AgentInfo info() throws InterruptedException {
        return call(agent -> agent.getInfo(GetInfoRequest.getDefaultInstance()));
    }

    public List<PoolStatus> pools() throws InterruptedException {
        return call(agent -> agent.listPools(ListPoolsRequest.getDefaultInstance()))
                .getPoolsList();
    }

    /// One call with one answer.
    public <T> T call(Function<AgentBlockingStub, T> call) throws InterruptedException {
        try {
            return call.apply(stub.withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS));
        } catch (StatusRuntimeException e) {
            throw failure(e);
        }
    }

    /// One call that tells of its progress for as long as it takes.
    public void follow(Function<AgentBlockingStub, Iterator<Progress>> call, Consumer<Progress> each)
            throws InterruptedException {
        try {
            call.apply(stub).forEachRemaining(each);
        } catch (StatusRuntimeException e) {
            throw failure(e);
        }
    }

    /// grpc cancels a call when its thread is interrupted, and leaves the thread marked.
    private static RuntimeException failure(StatusRuntimeException e) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException("interrupted while the agent worked");
        }
        return GrpcProblems.fromStatus(e);
    }

    @Override
    public void close() {
        client.close();
    }
}
