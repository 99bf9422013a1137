package io.sagara.agent.mount;

import static org.assertj.core.api.Assertions.assertThat;

import io.sagara.agent.mount.ClientSpec.Kind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The volfile server with real GlusterFS processes.
@Timeout(120)
class VolfilePushIT {
    @TempDir
    Path scratch;

    private TestPool pool;

    @BeforeEach
    void start() throws IOException {
        pool = new TestPool(scratch, "p1");
    }

    @AfterEach
    void clean() throws IOException {
        if (pool != null) {
            pool.close();
        }
    }

    @Test
    void aBrickSignsInWhenItIsUp() throws Exception {
        pool.startBrick();

        var signIn = pool.signIns.poll(10, TimeUnit.SECONDS);
        assertThat(signIn).isNotNull();
        assertThat(signIn.brick()).isEqualTo(pool.volfiles.brickName());
        assertThat(signIn.port()).isEqualTo(pool.volfiles.port());
    }

    @Test
    void aChangedOptionTakesEffectInTheRunningClient() throws IOException {
        pool.startBrick();
        var client = pool.mounted(Kind.VOLUMES);
        assertThat(pingTimeout(client)).isEqualTo(10);
        pool.server().publish("p1", pool.volfiles.client(12));

        TestPool.await("reconfigured", TestPool.LONG, () -> pingTimeout(client) == 12);
        assertThat(client.health().restarts()).isZero();
    }

    @Test
    void anotherGraphTakesThePlaceOfTheRunningOne() throws IOException {
        pool.startBrick();
        var client = pool.mounted(Kind.VOLUMES);
        Files.writeString(client.root().resolve("f"), "data");
        pool.server()
                .publish(
                        "p1",
                        pool.volfiles
                                .client(10)
                                .replace("performance/write-behind", "performance/readdir-ahead")
                                .replace("    option flush-behind on\n", "")
                                .replace("p1-write-behind", "p1-readdir-ahead"));
        Path graph = client.root().resolve(".meta/graphs/active/p1-readdir-ahead");

        TestPool.await("new graph", TestPool.LONG, () -> Files.exists(graph));
        assertThat(client.root().resolve("f")).hasContent("data");
        client.awaitMounted(TestPool.LONG);
    }

    @Test
    void clientsAndBricksOutliveTheServerAndHearTheNextOne() throws Exception {
        pool.startBrick();
        var client = pool.mounted(Kind.VOLUMES);
        assertThat(pool.signIns.poll(10, TimeUnit.SECONDS)).isNotNull();
        pool.restartServer();

        // both are back when the brick has signed in again and the client has asked
        assertThat(pool.signIns.poll(20, TimeUnit.SECONDS)).isNotNull();
        TestPool.await(
                "client is back",
                TestPool.LONG,
                () -> pool.server().connections().stream().anyMatch(ids -> ids.contains("p1")));
        pool.server().publish("p1", pool.volfiles.client(12));
        TestPool.await("reconfigured", TestPool.LONG, () -> pingTimeout(client) == 12);
        assertThat(client.health().restarts()).isZero();
    }

    @Test
    void aRunningClientIsNotHurtByAVolfileThatIsWithdrawn() throws Exception {
        pool.startBrick();
        var client = pool.mounted(Kind.VOLUMES);
        Files.writeString(client.root().resolve("f"), "data");
        long pid = pool.process(Kind.VOLUMES).pid();
        pool.server().withdraw("p1");
        pool.signal(pool.process(Kind.VOLUMES), "HUP");
        TestPool.await("refused", TestPool.LONG, () -> log().contains("failed to get the 'volume file' from server"));
        pool.server().publish("p1", pool.volfiles.client(12));

        TestPool.await("reconfigured", TestPool.LONG, () -> pingTimeout(client) == 12);
        assertThat(pool.process(Kind.VOLUMES).pid()).isEqualTo(pid);
        assertThat(client.root().resolve("f")).hasContent("data");
    }

    private String log() {
        try {
            return pool.log(Kind.VOLUMES);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// What the running graph uses, which `.meta/.../options` does not tell after a change.
    private static int pingTimeout(PoolClient client) {
        try {
            return Files.readString(client.root().resolve(".meta/graphs/active/p1-client-0/private"))
                    .lines()
                    .filter(line -> line.startsWith("ping_timeout = "))
                    .mapToInt(line -> Integer.parseInt(line.substring("ping_timeout = ".length())))
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
