package io.sagara.operator.node;

import io.grpc.StatusRuntimeException;
import io.sagara.api.GrpcProblems;
import io.sagara.api.UnixClient;
import io.sagara.api.v1.AgentGrpc;
import io.sagara.api.v1.AgentGrpc.AgentBlockingStub;
import io.sagara.api.v1.ApplyPoolRequest;
import io.sagara.api.v1.ListPoolsRequest;
import io.sagara.api.v1.PoolSpec;
import io.sagara.api.v1.PoolStatus;
import io.sagara.api.v1.Progress;
import io.sagara.api.v1.RemovePoolRequest;
import io.sagara.api.v1.TlsMaterial;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The agent behind its unix socket. It connects again by itself.
public final class GrpcAgent implements Agent, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(GrpcAgent.class);
    private static final Duration QUESTION = Duration.ofSeconds(10);
    // a file system may have to be made on a large disk
    private static final Duration CHANGE = Duration.ofMinutes(15);

    private final Path socket;
    private final UnixClient client;
    private final AgentBlockingStub agent;

    /// The agent on `socket`; nothing is connected yet.
    public GrpcAgent(Path socket) {
        this.socket = socket;
        client = new UnixClient(socket);
        agent = AgentGrpc.newBlockingStub(client.channel());
    }

    @Override
    public List<PoolStatus> pools() {
        return call(QUESTION, stub -> stub.listPools(ListPoolsRequest.getDefaultInstance()))
                .getPoolsList();
    }

    @Override
    public void apply(PoolSpec plan, Optional<TlsMaterial> certificates) {
        ApplyPoolRequest.Builder request = ApplyPoolRequest.newBuilder().setPool(plan);
        certificates.ifPresent(request::setTls);
        follow(plan.getName(), stub -> stub.applyPool(request.build()));
    }

    @Override
    public void remove(String pool) {
        follow(
                pool,
                stub -> stub.removePool(
                        RemovePoolRequest.newBuilder().setName(pool).build()));
    }

    @Override
    public void close() {
        client.close();
    }

    private void follow(String pool, Function<AgentBlockingStub, Iterator<Progress>> call) {
        var _ = call(CHANGE, stub -> {
            call.apply(stub)
                    .forEachRemaining(progress -> LOG.atDebug()
                            .addKeyValue("pool", pool)
                            .addKeyValue("line", progress.getLine())
                            .log("agent works"));
            return pool;
        });
    }

    private <A> A call(Duration bound, Function<AgentBlockingStub, A> call) {
        try {
            return call.apply(agent.withDeadlineAfter(bound.toMillis(), TimeUnit.MILLISECONDS));
        } catch (StatusRuntimeException e) {
            StorageException failure = GrpcProblems.fromStatus(e);
            if (GrpcProblems.unanswered(e).isEmpty()) {
                throw failure;
            }
            throw new StorageException(
                    Problem.UNAVAILABLE,
                    "the agent does not answer on " + socket + " (" + GrpcProblems.codeName(e) + "); is it running?",
                    failure);
        }
    }
}
