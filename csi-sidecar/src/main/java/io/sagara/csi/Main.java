package io.sagara.csi;

import io.sagara.spi.StorageException;
import java.lang.module.ModuleDescriptor;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

/// The process: serves until it gets SIGTERM or SIGINT and then exits with 0, or exits with 1 where it cannot
/// serve.
public final class Main {
    private static final Duration GRACE = Duration.ofSeconds(5);

    private Main() {}

    /// Takes no arguments; see [CsiConfig] for the environment.
    public static void main(String[] arguments) throws InterruptedException {
        CsiConfig config;
        Sidecar sidecar;
        try {
            if (arguments.length > 0) {
                throw new IllegalArgumentException("no arguments are taken; set environment variables");
            }
            // before the first logger is made, which reads the level
            config = CsiConfig.from(System.getenv());
            SLF4JBridgeHandler.removeHandlersForRootLogger();
            SLF4JBridgeHandler.install();
            sidecar = new Sidecar(config, version(), AgentLink.Bounds.DEFAULT, InstantSource.system());
        } catch (StorageException | IllegalArgumentException e) {
            System.err.println("csi-sidecar: " + e.getMessage());
            System.exit(1);
            return;
        }
        Logger log = LoggerFactory.getLogger(Main.class);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(sidecar, log), "stop"));
        log.atInfo()
                .addKeyValue("socket", config.socket())
                .addKeyValue("agent", config.agentSocket())
                .addKeyValue("version", version())
                .log("serving");
        new CountDownLatch(1).await();
    }

    private static void stop(Sidecar sidecar, Logger log) {
        int status = 0;
        try {
            sidecar.stop(GRACE);
            log.atInfo().log("stopped");
        } catch (InterruptedException | RuntimeException e) {
            log.atError().setCause(e).log("stopping failed");
            status = 1;
        }
        // a JVM that got SIGTERM exits with 143 unless it is told otherwise
        Runtime.getRuntime().halt(status);
    }

    private static String version() {
        return Optional.ofNullable(Main.class.getModule().getDescriptor())
                .flatMap(ModuleDescriptor::rawVersion)
                .orElse("unknown");
    }
}
