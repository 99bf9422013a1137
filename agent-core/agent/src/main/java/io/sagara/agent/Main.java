package io.sagara.agent;

import io.sagara.agent.metrics.MetricsServer;
import io.sagara.agent.metrics.RequestMetrics;
import io.sagara.agent.pool.AgentPools;
import io.sagara.agent.process.InstalledGlusterfs;
import io.sagara.agent.process.ProcessCommands;
import io.sagara.agent.rpc.AgentService;
import io.sagara.agent.time.SystemTimer;
import io.sagara.api.UnixServer;
import io.sagara.spi.StorageException;
import java.io.IOException;
import java.lang.module.ModuleDescriptor;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The process: serves until SIGTERM, SIGINT or a shutdown over its socket, and then exits with 0; exits with 1
/// where it cannot serve. Whatever ends it, bricks and mounts go on, unless a shutdown asked for their end.
public final class Main {
    private static final Duration GRACE = Duration.ofSeconds(5);

    private Main() {}

    /// Takes no arguments; see [AgentConfig] for the environment.
    public static void main(String[] arguments) {
        try {
            run(AgentConfig.from(System.getenv()));
        } catch (StorageException | IOException e) {
            System.err.println("agent: " + e.getMessage());
            System.exit(1);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void run(AgentConfig config) throws IOException, InterruptedException {
        Logger log = LoggerFactory.getLogger(Main.class);
        Files.createDirectories(
                config.stateDirectory(),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        CountDownLatch ended = new CountDownLatch(1);
        CountDownLatch cleanedUp = new CountDownLatch(1);
        try (StateLock _ = new StateLock(config.stateDirectory());
                SystemTimer timer = new SystemTimer();
                AgentPools pools = new AgentPools(config, timer)) {
            AgentService service = new AgentService(
                    new AgentService.Identity(
                            version(), config.node(), InstalledGlusterfs.version(new ProcessCommands())),
                    pools.pools(),
                    pools.backends(),
                    pools.volumes(),
                    pools.published(),
                    _ -> ended.countDown());
            RequestMetrics requests = new RequestMetrics();
            // before anybody can ask: of a pool that is not known yet, a caller would be told that there is none, and
            // that a volume in it is deleted
            pools.resume();
            // root, and whoever runs the agent, may manage storage
            UnixServer server = new UnixServer(
                    config.socket(), uid -> uid == 0 || uid == pools.userId(), List.of(service), requests);
            Optional<MetricsServer> metrics = config.metrics()
                    .map(address -> new MetricsServer(
                            address,
                            config.node(),
                            pools.pools()::statuses,
                            pools.published().uses(),
                            requests));
            Runtime.getRuntime().addShutdownHook(new Thread(() -> end(ended, cleanedUp), "end"));
            log.atInfo()
                    .addKeyValue("socket", config.socket())
                    .addKeyValue("node", config.node())
                    .addKeyValue("version", version())
                    .log("serving");
            ended.await();
            metrics.ifPresent(MetricsServer::close);
            server.stop(GRACE);
            log.atInfo().log("stopped");
        } finally {
            cleanedUp.countDown();
        }
    }

    private static void end(CountDownLatch ended, CountDownLatch cleanedUp) {
        ended.countDown();
        try {
            cleanedUp.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        // a JVM that got SIGTERM exits with 143 unless it is told otherwise
        Runtime.getRuntime().halt(0);
    }

    private static String version() {
        return Optional.ofNullable(Main.class.getModule().getDescriptor())
                .flatMap(ModuleDescriptor::rawVersion)
                .orElse("unknown");
    }
}
