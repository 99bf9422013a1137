package io.sagara.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Context;
import io.grpc.StatusRuntimeException;
import io.sagara.api.v1.AgentGrpc;
import io.sagara.api.v1.AgentInfo;
import io.sagara.api.v1.GetInfoRequest;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class UnixServerTest {
    private static final int LONGEST = 107;

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
    void onlyItsOwnerMayUseTheSocket() throws IOException {
        pair.serving();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(pair.socket)))
                .isEqualTo("rw-------");
    }

    @Test
    void peersAreKnownByTheirUserId() throws IOException {
        AtomicInteger seen = new AtomicInteger(-1);
        pair.serving(user -> {
            seen.set(user);
            return true;
        });
        assertThat(ask().getNode()).isEqualTo("n");
        assertThat(seen).hasValue((int) Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
    }

    @Test
    void anUnwelcomePeerIsCutOffAndNoServiceHearsOfIt() {
        pair.service.info = _ -> {
            throw new AssertionError("the call came through");
        };
        pair.serving(_ -> false);
        assertThatThrownBy(this::ask)
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        failure -> assertThat(GrpcProblems.unanswered(failure))
                                .contains(GrpcProblems.Unanswered.UNREACHABLE));
    }

    @Test
    void aSocketThatWasLeftBehindIsReplaced() throws IOException {
        try (var left = java.nio.channels.ServerSocketChannel.open(java.net.StandardProtocolFamily.UNIX)) {
            left.bind(java.net.UnixDomainSocketAddress.of(pair.socket));
        }
        assertThat(pair.socket).exists();
        pair.serving();
        assertThat(ask().getNode()).isEqualTo("n");
    }

    @Test
    void aFileThatIsNoSocketIsNotRemoved() throws IOException {
        Files.writeString(pair.socket, "precious");
        assertProblem(Problem.INVALID_ARGUMENT, "is no socket");
        assertThat(pair.socket).hasContent("precious");
    }

    @Test
    void aLinkToASocketIsNotRemovedEither() throws IOException {
        Path link = pair.directory.resolve("l");
        pair.serving();
        Files.createSymbolicLink(link, pair.socket);
        assertThatThrownBy(() -> new UnixServer(link, _ -> true, List.of(pair.service)))
                .hasMessageContaining("is no socket");
        assertThat(link).isSymbolicLink();
        Files.delete(link);
    }

    @Test
    void aMissingDirectoryIsNamed() {
        Path socket = pair.directory.resolve("missing/s");
        assertThatThrownBy(() -> new UnixServer(socket, _ -> true, List.of(pair.service)))
                .isInstanceOfSatisfying(
                        StorageException.class,
                        failure -> assertThat(failure.problem()).isEqualTo(Problem.UNAVAILABLE))
                .hasMessageContaining(socket.toString())
                .hasMessageContaining("is its directory there");
    }

    @Test
    void theLongestPathWorks() throws Exception {
        Path socket = pathOf(LONGEST);
        UnixServer server = new UnixServer(socket, _ -> true, List.of(pair.service));
        try (UnixClient client = new UnixClient(socket)) {
            AgentInfo info = AgentGrpc.newBlockingStub(client.channel()).getInfo(GetInfoRequest.getDefaultInstance());
            assertThat(info.getNode()).isEqualTo("n");
        } finally {
            server.stop(SocketPair.GRACE);
        }
    }

    @Test
    void aPathTooLongForASocketIsRefused() {
        Path socket = pathOf(LONGEST + 1);
        assertThatThrownBy(() -> new UnixServer(socket, _ -> true, List.of(pair.service)))
                .isInstanceOfSatisfying(
                        StorageException.class,
                        failure -> assertThat(failure.problem()).isEqualTo(Problem.INVALID_ARGUMENT))
                .hasMessageContaining("107 bytes");
    }

    @Test
    void lengthIsCountedInBytes() {
        Path socket = pair.directory.resolve("ü".repeat(LONGEST / 2 + 1));
        assertThatThrownBy(() -> new UnixServer(socket, _ -> true, List.of(pair.service)))
                .hasMessageContaining("107 bytes");
    }

    @Test
    @Timeout(20)
    void stoppingLetsRunningCallsFinishAndRemovesTheSocket() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch finish = new CountDownLatch(1);
        holdInfo(running, finish);
        pair.serving();
        CompletableFuture<AgentInfo> call = CompletableFuture.supplyAsync(this::ask, Thread::startVirtualThread);
        assertThat(running.await(5, TimeUnit.SECONDS)).isTrue();
        CompletableFuture<Void> stop =
                CompletableFuture.runAsync(() -> pair.stopServer(SocketPair.GRACE), Thread::startVirtualThread);
        while (Files.exists(pair.socket)) {
            Thread.onSpinWait();
        }
        assertThat(call.isDone() || stop.isDone()).isFalse();
        finish.countDown();
        assertThat(call.get(5, TimeUnit.SECONDS).getNode()).isEqualTo("n");
        stop.get(5, TimeUnit.SECONDS);
        assertThat(pair.socket).doesNotExist();
    }

    @Test
    void aCallThatDoesNotFinishIsInterruptedAndCancelled() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch never = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        pair.service.info = _ -> {
            running.countDown();
            try {
                never.await();
            } catch (InterruptedException e) {
                interrupted.countDown();
            }
        };
        pair.serving();
        CompletableFuture<AgentInfo> call = CompletableFuture.supplyAsync(this::ask, Thread::startVirtualThread);
        assertThat(running.await(5, TimeUnit.SECONDS)).isTrue();
        pair.stopServer(Duration.ofMillis(10));
        assertThat(interrupted.await(5, TimeUnit.SECONDS)).isTrue();
        assertThatThrownBy(() -> call.get(5, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(StatusRuntimeException.class);
    }

    @Test
    void everyCallIsToldOnceWithItsResult() throws Exception {
        pair.serving();
        var _ = ask();
        pair.service.info = _ -> {
            throw new StorageException(Problem.NO_SPACE, "full");
        };
        assertThatThrownBy(this::ask).isInstanceOf(StatusRuntimeException.class);
        pair.service.info = caller -> {
            CountDownLatch cancelled = new CountDownLatch(1);
            Context.current().addListener(_ -> cancelled.countDown(), Runnable::run);
            try {
                assertThat(cancelled.await(5, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            new ScriptedAgent().info.accept(caller);
        };
        assertThatThrownBy(() -> pair.stub
                        .withDeadlineAfter(200, TimeUnit.MILLISECONDS)
                        .getInfo(GetInfoRequest.getDefaultInstance()))
                .isInstanceOf(StatusRuntimeException.class);
        assertThat(List.of(
                        String.valueOf(pair.ended.poll(5, TimeUnit.SECONDS)),
                        String.valueOf(pair.ended.poll(5, TimeUnit.SECONDS)),
                        String.valueOf(pair.ended.poll(5, TimeUnit.SECONDS))))
                .containsExactly("GetInfo OK", "GetInfo NO_SPACE", "GetInfo CANCELLED");
        pair.stopServer(Duration.ofSeconds(5));
        assertThat(pair.ended).isEmpty();
    }

    private void holdInfo(CountDownLatch running, CountDownLatch finish) {
        pair.service.info = caller -> {
            running.countDown();
            try {
                finish.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            new ScriptedAgent().info.accept(caller);
        };
    }

    private AgentInfo ask() {
        return pair.stub.getInfo(GetInfoRequest.getDefaultInstance());
    }

    private Path pathOf(int bytes) {
        int rest = bytes - pair.directory.toString().length() - 1;
        return pair.directory.resolve("x".repeat(rest));
    }

    private void assertProblem(Problem problem, String message) {
        assertThatThrownBy(pair::serving)
                .isInstanceOfSatisfying(
                        StorageException.class,
                        failure -> assertThat(failure.problem()).isEqualTo(problem))
                .hasMessageContaining(pair.socket.toString())
                .hasMessageContaining(message);
    }
}
