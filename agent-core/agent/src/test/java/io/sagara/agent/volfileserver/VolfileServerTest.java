package io.sagara.agent.volfileserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sagara.agent.time.SystemTimer;
import io.sagara.spi.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(20)
class VolfileServerTest {
    private static final int PORTMAP = 34123456;

    @TempDir
    Path directory;

    private final SystemTimer timer = new SystemTimer();
    private final BlockingQueue<SignIn> signIns = new ArrayBlockingQueue<>(8);
    private Path socket;
    private VolfileServer server;

    @BeforeEach
    void listen() throws IOException {
        socket = directory.resolve("v.sock");
        server = VolfileServer.listen(socket, timer, signIns::add);
    }

    @AfterEach
    void close() throws IOException {
        server.close();
        timer.close();
    }

    @Test
    void aPublishedVolfileIsServedWhole() throws IOException {
        String large = "volume x\n    option key värde\nend-volume\n".repeat(20_000);
        server.publish("p1", large);
        server.publish("p2", "small");
        try (var peer = new Peer(socket)) {
            assertThat(peer.volfile("p1")).contains(large);
            assertThat(peer.volfile("p2")).contains("small");
        }
    }

    @Test
    void anUnknownIdIsAnErrorThatLeavesTheConnectionUsable() throws IOException {
        try (var peer = new Peer(socket)) {
            assertThat(peer.volfile("p1")).isEmpty();
            server.publish("p1", "text");

            peer.awaitPush();
            assertThat(peer.volfile("p1")).contains("text");
        }
    }

    @Test
    void onlyAChangedTextIsPushedAndOnlyToThoseWhoAskedForIt() throws IOException {
        server.publish("p1", "one");
        server.publish("p2", "two");
        try (var first = new Peer(socket);
                var second = new Peer(socket)) {
            assertThat(first.volfile("p1")).isPresent();
            assertThat(second.volfile("p2")).isPresent();

            assertThat(server.publish("p1", "one")).isFalse();
            assertThat(server.publish("p2", "changed")).isTrue();
            second.awaitPush();
            assertThat(second.volfile("p2")).contains("changed");
            assertThat(first.volfile("p1")).contains("one");
            assertThat(first.pushes()).isZero();
            server.publish("p1", "changed");
            first.awaitPush();
            assertThat(second.volfile("p2")).contains("changed");
            assertThat(second.pushes()).isZero();
        }
    }

    @Test
    void aWithdrawnVolfileIsUnknown() throws IOException {
        server.publish("p1", "text");
        server.withdraw("p1");
        server.withdraw("p1");
        try (var peer = new Peer(socket)) {
            assertThat(peer.volfile("p1")).isEmpty();
        }
    }

    @Test
    void aBrickThatSignsInIsHeardOfAndAccepted() throws Exception {
        try (var peer = new Peer(socket)) {
            peer.send(Rpc.callback(1, PORTMAP, 1, 4).string("/bricks/p1/0").integers(24100, 4711));

            assertThat(signIns.poll(10, TimeUnit.SECONDS)).isEqualTo(new SignIn("/bricks/p1/0", 24100, 4711));
            assertThat(peer.outcome()).isZero();
        }
    }

    @Test
    void aSignInThatCannotBeHandledIsAcceptedAllTheSame() throws IOException {
        for (int i = 0; i < 9; i++) {
            try (var peer = new Peer(socket)) {
                peer.send(Rpc.callback(1, PORTMAP, 1, 4).string("b").integers(1, 1));
                assertThat(peer.outcome()).isZero();
            }
        }
        assertThat(signIns).hasSize(8);
    }

    @Test
    void pingsAreAnsweredAndOtherProgramsRefused() throws IOException {
        try (var peer = new Peer(socket)) {
            peer.send(Rpc.callback(1, 14398633, 2, 3));
            assertThat(peer.outcome()).isZero();
            peer.send(Rpc.callback(2, 14398633, 2, 6));
            assertThat(peer.outcome()).isEqualTo(1);
            peer.send(Rpc.callback(3, 99, 2, 6));
            assertThat(peer.outcome()).isEqualTo(1);
        }
    }

    @Test
    void malformedInputClosesOnlyThatConnection() throws IOException {
        server.publish("p1", "text");
        var random = new Random(3);
        try (var good = new Peer(socket)) {
            assertThat(good.volfile("p1")).isPresent();
            for (int i = 0; i < 300; i++) {
                var noise = new byte[5 + random.nextInt(200)];
                random.nextBytes(noise);
                noise[4] = 0; // neither call nor reply, most of the time
                try (var bad = new Peer(socket)) {
                    bad.raw(noise.length < 8 ? new byte[3] : noise);
                    assertThat(bad.closedByServer()).isTrue();
                }
            }
            assertThat(good.volfile("p1")).contains("text");
        }
    }

    @Test
    void aRecordThatIsTooLongClosesTheConnection() throws IOException {
        try (var peer = new Peer(socket)) {
            peer.raw(new byte[64 * 1024 + 1]);

            assertThat(peer.closedByServer()).isTrue();
        }
    }

    @Test
    void aPeerThatDoesNotReadDelaysNobody() throws IOException {
        server.publish("p1", "x".repeat(1 << 20));
        try (var slow = new Peer(socket);
                var good = new Peer(socket)) {
            for (int i = 0; i < 50; i++) {
                slow.ask("p1");
            }
            assertThat(good.volfile("p1")).isPresent();
            for (int i = 0; i < 20; i++) {
                server.publish("p1", "text " + i);
            }
            good.awaitPush();
            assertThat(good.volfile("p2")).isEmpty();
        }
    }

    @Test
    void connectionsTellWhatTheirProcessesAskedFor() throws IOException {
        server.publish("p1", "text");
        try (var peer = new Peer(socket)) {
            assertThat(peer.volfile("p1")).isPresent();
            assertThat(peer.volfile("quotad/p1")).isEmpty();

            assertThat(server.connections()).containsExactly(Set.of("p1", "quotad/p1"));
        }
    }

    @Test
    void aServerTakesThePlaceOfOneThatCrashed() throws IOException {
        server.publish("p1", "old");
        try (var peer = new Peer(socket)) {
            assertThat(peer.volfile("p1")).isPresent();
            // what is left of a server that did not close: the socket file
            var successor = VolfileServer.listen(socket, timer, signIns::add);
            successor.publish("p1", "new");
            try (var again = new Peer(socket)) {
                assertThat(again.volfile("p1")).contains("new");
            } finally {
                successor.close();
            }
        }
    }

    @Test
    void closingEndsEveryConnectionAndRemovesTheSocket() throws IOException {
        server.publish("p1", "text");
        try (var peer = new Peer(socket)) {
            assertThat(peer.volfile("p1")).isPresent();
            server.close();

            assertThat(peer.closedByServer()).isTrue();
            assertThat(Files.exists(socket)).isFalse();
        }
    }

    @Test
    void onlyThisUserMayConnect() throws IOException {
        assertThat(Files.getPosixFilePermissions(socket)).hasSize(2);
    }

    @Test
    void aPathThatIsNoSocketPathIsRefused() {
        assertThatThrownBy(() -> VolfileServer.listen(directory.resolve("x".repeat(108)), timer, signIns::add))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("shorter");
        assertThatThrownBy(() -> VolfileServer.listen(Path.of("v.sock"), timer, signIns::add))
                .isInstanceOf(StorageException.class);
    }
}
