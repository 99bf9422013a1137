package io.sagara.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import io.sagara.api.v1.AgentGrpc;
import io.sagara.api.v1.AgentInfo;
import io.sagara.api.v1.GetInfoRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class UnixClientTest {
    private static final int MESSAGE_BYTES = 16 << 20;

    private SocketPair pair;

    @BeforeEach
    void start() throws IOException {
        pair = new SocketPair();
    }

    @AfterEach
    void stop() throws IOException {
        pair.close();
    }

    @Test
    void aServerThatIsAwayFailsTheCallAtOnce() {
        assertUnanswered(GrpcProblems.Unanswered.UNREACHABLE);
    }

    @Test
    @Timeout(20)
    void aServerThatComesBackIsUsedAtOnceHoweverLongItWasAway() {
        pair.serving();
        assertThat(ask().getNode()).isEqualTo("n");
        pair.stopServer(SocketPair.GRACE);
        // grpc's own waiting between attempts is above a minute after so many of them
        for (int i = 0; i < 30; i++) {
            assertUnanswered(GrpcProblems.Unanswered.UNREACHABLE);
        }
        pair.serving();
        assertThat(ask().getNode()).isEqualTo("n");
    }

    @RepeatedTest(5)
    @Timeout(20)
    void manyCallersFindAServerThatComesBack() {
        assertUnanswered(GrpcProblems.Unanswered.UNREACHABLE);
        pair.serving();
        var calls = java.util.stream.IntStream.range(0, 50)
                .mapToObj(_ -> CompletableFuture.supplyAsync(this::ask, Thread::startVirtualThread))
                .toList();
        assertThat(calls).allSatisfy(call -> assertThat(call.join().getNode()).isEqualTo("n"));
    }

    @Test
    void aServerThatHangsIsLate() {
        CountDownLatch never = new CountDownLatch(1);
        pair.service.info = _ -> {
            try {
                never.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        };
        pair.serving();
        assertThatThrownBy(() -> pair.stub
                        .withDeadlineAfter(Duration.ofMillis(200))
                        .getInfo(GetInfoRequest.getDefaultInstance()))
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        failure -> assertThat(GrpcProblems.unanswered(failure)).contains(GrpcProblems.Unanswered.LATE));
    }

    @Test
    void aServersOwnUnavailableIsAnAnswer() {
        pair.service.info = _ -> {
            throw new io.sagara.spi.StorageException(io.sagara.spi.Problem.UNAVAILABLE, "pool p1 does not answer");
        };
        pair.serving();
        assertThatThrownBy(this::ask).isInstanceOfSatisfying(StatusRuntimeException.class, failure -> {
            assertThat(GrpcProblems.unanswered(failure)).isEmpty();
            assertThat(GrpcProblems.fromStatus(failure)).hasMessage("pool p1 does not answer");
        });
    }

    @Test
    void aListOfManyVolumesFits() {
        pair.service.info = caller -> {
            caller.onNext(
                    AgentInfo.newBuilder().setNode("x".repeat(MESSAGE_BYTES)).build());
            caller.onCompleted();
        };
        pair.serving();
        assertThat(ask().getNode()).hasSize(MESSAGE_BYTES);
    }

    @Test
    void closingEndsRunningCallsAndMayBeRepeated() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        pair.service.info = _ -> running.countDown();
        pair.serving();
        CompletableFuture<AgentInfo> blocking = CompletableFuture.supplyAsync(this::ask, Thread::startVirtualThread);
        assertThat(running.await(5, TimeUnit.SECONDS)).isTrue();
        CompletableFuture<AgentInfo> async = new CompletableFuture<>();
        AgentGrpc.newStub(pair.client.channel()).getInfo(GetInfoRequest.getDefaultInstance(), into(async));
        pair.client.close();
        pair.client.close();
        assertThatThrownBy(() -> blocking.get(5, TimeUnit.SECONDS)).isInstanceOf(ExecutionException.class);
        assertThatThrownBy(() -> async.get(5, TimeUnit.SECONDS)).isInstanceOf(ExecutionException.class);
    }

    private static StreamObserver<AgentInfo> into(CompletableFuture<AgentInfo> result) {
        return new StreamObserver<>() {
            @Override
            public void onNext(AgentInfo value) {
                result.complete(value);
            }

            @Override
            public void onError(Throwable failure) {
                result.completeExceptionally(failure);
            }

            @Override
            public void onCompleted() {}
        };
    }

    private AgentInfo ask() {
        return pair.stub.getInfo(GetInfoRequest.getDefaultInstance());
    }

    private void assertUnanswered(GrpcProblems.Unanswered why) {
        assertThatThrownBy(this::ask)
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        failure -> assertThat(GrpcProblems.unanswered(failure)).contains(why));
    }
}
