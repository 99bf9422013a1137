package io.sagara.operator;

import io.sagara.operator.kube.ApiServer;
import io.sagara.spi.StorageException;
import java.lang.module.ModuleDescriptor;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

/// The process: works until it gets SIGTERM or SIGINT and then exits with 0, or exits with 1 where it cannot
/// begin.
public final class Main {
    private Main() {}

    /// Takes no arguments; see [OperatorConfig] for the environment.
    public static void main(String[] arguments) throws InterruptedException {
        OperatorConfig config;
        Operator operator;
        ApiServer api;
        try {
            if (arguments.length > 0) {
                throw new IllegalArgumentException("no arguments are taken; set environment variables");
            }
            // before the first logger is made, which reads the level
            config = OperatorConfig.from(System.getenv());
            SLF4JBridgeHandler.removeHandlersForRootLogger();
            SLF4JBridgeHandler.install();
            api = ApiServer.ofSurroundings(config.namespace());
            operator = new Operator(config, api, version(), InstantSource.system());
        } catch (StorageException | IllegalArgumentException e) {
            System.err.println("operator-lite: " + e.getMessage());
            System.exit(1);
            return;
        }
        Logger log = LoggerFactory.getLogger(Main.class);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(operator, log), "stop"));
        log.atInfo()
                .addKeyValue("node", config.node())
                .addKeyValue("namespace", config.namespace())
                .addKeyValue("agent", config.agentSocket())
                .addKeyValue("api", api.address())
                .addKeyValue("version", version())
                .log("working");
        new CountDownLatch(1).await();
    }

    private static void stop(Operator operator, Logger log) {
        int status = 0;
        try {
            operator.close();
            log.atInfo().log("stopped");
        } catch (RuntimeException e) {
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
