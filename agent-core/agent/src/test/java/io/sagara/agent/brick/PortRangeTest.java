package io.sagara.agent.brick;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PortRangeTest {
    private static final String HOME = "127.0.0.1";

    @Test
    void noPortIsGivenTwice() throws IOException {
        int first = threeFreePorts();
        PortRange range = new PortRange(first, first + 2);
        Set<Integer> taken = new HashSet<>();
        for (int i = 0; i < 3; i++) {
            assertThat(taken.add(range.take(HOME))).isTrue();
        }
        assertThat(taken).containsExactlyInAnyOrder(first, first + 1, first + 2);
        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(() -> range.take(HOME))
                .withMessageContaining("no port from " + first)
                .withMessageContaining("SAGARA_PORTS")
                .matches(e -> e.problem() == Problem.NO_SPACE);
        range.release(first + 1);
        assertThat(range.take(HOME)).isEqualTo(first + 1);
    }

    @Test
    void portsThatWereAssignedEarlierAreSkipped() throws IOException {
        int first = threeFreePorts();
        PortRange range = new PortRange(first, first + 2);
        range.keep(first);
        assertThat(range.take(HOME)).isEqualTo(first + 1);
    }

    @Test
    void aPortSomeoneListensAtIsSkippedWhereverHeListens() throws IOException {
        for (String listener : new String[] {HOME, "0.0.0.0", "::"}) {
            int first = threeFreePorts();
            try (ServerSocket other = new ServerSocket()) {
                other.bind(new InetSocketAddress(InetAddress.ofLiteral(listener), first));
                assertThat(new PortRange(first, first + 2).take(HOME))
                        .as(listener)
                        .isEqualTo(first + 1);
                assertThat(PortOwner.of(Path.of("/proc"), HOME, first))
                        .as(listener)
                        .hasValueSatisfying(owner -> {
                            assertThat(owner.pid())
                                    .isEqualTo(ProcessHandle.current().pid());
                            assertThat(owner.command()).isEqualTo("java");
                        });
            }
            assertThat(PortOwner.of(Path.of("/proc"), HOME, first)).isEmpty();
        }
    }

    @Test
    void aListenerOnAnotherAddressIsNoCollision() throws IOException {
        int first = threeFreePorts();
        try (ServerSocket other = new ServerSocket()) {
            other.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.2"), first));
            assertThat(new PortRange(first, first + 2).take(HOME)).isEqualTo(first);
            assertThat(PortOwner.of(Path.of("/proc"), HOME, first)).isEmpty();
        }
    }

    @Test
    void anAddressThatIsNotOursIsRefused() {
        for (String address : new String[] {"192.0.2.1", "node-1", ""}) {
            assertThatExceptionOfType(StorageException.class)
                    .as(address)
                    .isThrownBy(() -> new PortRange(24100, 24200).take(address))
                    .withMessageContaining("SAGARA_ADDRESS")
                    .matches(e -> e.problem() == Problem.INVALID_ARGUMENT);
        }
    }

    /// The first of three that nobody used a moment ago, below the ports that the kernel gives to clients.
    private static int threeFreePorts() throws IOException {
        for (int first = 26_000; first < 32_000; first += 3) {
            if (isFree(first) && isFree(first + 1) && isFree(first + 2)) {
                return first;
            }
        }
        throw new IOException("no free ports");
    }

    private static boolean isFree(int port) {
        try (ServerSocket probe = new ServerSocket(port)) {
            return probe.isBound();
        } catch (IOException e) {
            return false;
        }
    }
}
