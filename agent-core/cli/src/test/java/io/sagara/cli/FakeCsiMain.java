package io.sagara.cli;

import io.sagara.api.UnixServer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/// A process that listens where a CSI sidecar would, until it is killed.
final class FakeCsiMain {
    private FakeCsiMain() {}

    public static void main(String[] arguments) throws InterruptedException {
        var _ = new UnixServer(Path.of(System.getenv("SAGARA_CSI_SOCKET")), _ -> true, List.of());
        new CountDownLatch(1).await();
    }
}
