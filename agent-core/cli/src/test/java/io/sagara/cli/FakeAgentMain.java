package io.sagara.cli;

import io.grpc.stub.StreamObserver;
import io.sagara.api.UnixServer;
import io.sagara.api.v1.ApplyPoolRequest;
import io.sagara.api.v1.Progress;
import io.sagara.cli.state.Lock;
import io.sagara.cli.state.StateDirectory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;

/// A [FakeAgent] as a process of its own, with an agent's outward manners: its lock, its socket, files for its
/// pools, exit code 0 after a shutdown.
final class FakeAgentMain {
    private FakeAgentMain() {}

    public static void main(String[] arguments) throws Exception {
        StateDirectory state = new StateDirectory(Path.of(System.getenv("SAGARA_STATE_DIR")));
        if (Files.exists(state.root().resolve("run/unable-to-start"))) {
            System.out.println("cannot start: the disk is made of cheese");
            System.exit(9);
        }
        Path files = Files.createDirectories(state.root().resolve("pools"));
        Lock lock = Lock.take(state.agentLock()).orElseThrow();
        CountDownLatch ended = new CountDownLatch(1);
        AtomicBoolean erase = new AtomicBoolean();
        FakeAgent agent =
                new FakeAgent(request -> {
                    erase.set(request.getErase());
                    ended.countDown();
                }) {
                    @Override
                    public void applyPool(ApplyPoolRequest request, StreamObserver<Progress> answer) {
                        super.applyPool(request, answer);
                        try {
                            Files.writeString(files.resolve(request.getPool().getName() + ".json"), "{}");
                        } catch (IOException e) {
                            throw new UncheckedIOException(e);
                        }
                    }
                };
        UnixServer server = new UnixServer(state.agentSocket(), _ -> true, List.of(agent));
        ended.await();
        server.stop(Duration.ofSeconds(5));
        if (erase.get()) {
            try (DirectoryStream<Path> left = Files.newDirectoryStream(files)) {
                for (Path file : left) {
                    Files.delete(file);
                }
            }
        }
        lock.close();
        System.exit(0);
    }
}
