package io.sagara.agent.block;

import io.sagara.agent.posix.Posix;
import io.sagara.agent.volume.disk.VolumeLayout;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import io.sagara.spi.VolumeName;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// Which node has a block volume: an attribute of its file, renewed every [#BEAT] by the agent of that node.
///
/// The lock that the loop device holds is what keeps others out. But bricks forget the locks of a client whose
/// connection breaks, which a restart of the brick does, and tell nobody. So who gets the lock although the
/// attribute names another node waits until that has not been renewed for [#SILENCE] of its own time: the clocks
/// of nodes may differ. Any number of threads may call; every call is one to the pool's mount.
final class Holders {
    static final Duration BEAT = Duration.ofSeconds(10);
    /// Four beats.
    static final Duration SILENCE = Duration.ofSeconds(40);

    private static final String ATTRIBUTE = VolumeLayout.HOLDER;

    private final Posix posix;
    private final String node;
    private final String agent;
    private final InstantSource clock;
    private final Map<VolumeName, Seen> seen = new ConcurrentHashMap<>();

    /// `agent`: tells this agent from others whose node has the same name, also after a restart.
    Holders(Posix posix, String node, String agent, InstantSource clock) {
        this.posix = posix;
        this.node = node;
        this.agent = agent;
        this.clock = clock;
    }

    private record Seen(String value, Instant since) {}

    /// The node that has the volume, or had it when nobody took it away; empty where none has.
    Optional<String> node(Path file) throws IOException {
        return read(file).map(value -> List.of(value.split("\n", -1)).getFirst());
    }

    /// Writes that this node has it. For one who has the lock. Throws BUSY while another node may still write.
    void claim(VolumeName volume, Path file) throws IOException {
        Optional<String> other = read(file).filter(value -> !ours(value));
        if (other.isPresent()) {
            Seen now = seen.compute(
                    volume,
                    (_, before) -> before != null && before.value().equals(other.get())
                            ? before
                            : new Seen(other.get(), clock.instant()));
            if (clock.instant().isBefore(now.since().plus(SILENCE))) {
                throw new StorageException(
                        Problem.BUSY,
                        "volume " + volume + " is or was in use on node "
                                + List.of(now.value().split("\n", -1)).getFirst()
                                + ", which does not hold its lock any more; it can be used here when that node has"
                                + " been silent for " + SILENCE.toSeconds() + " s: repeat the request");
            }
        }
        seen.remove(volume);
        beat(file);
    }

    /// Renews it.
    void beat(Path file) throws IOException {
        String value = node + "\n" + agent + "\n" + clock.millis() + "\n";
        posix.setAttribute(file, ATTRIBUTE, value.getBytes(StandardCharsets.UTF_8));
    }

    /// Whether it still says that this node has the volume.
    boolean holds(Path file) throws IOException {
        return read(file).filter(this::ours).isPresent();
    }

    /// Says that this node does not have it any more; nothing where it did not.
    void release(Path file) throws IOException {
        if (holds(file)) {
            posix.removeAttribute(file, ATTRIBUTE);
        }
    }

    private boolean ours(String value) {
        return value.startsWith(node + "\n" + agent + "\n");
    }

    private Optional<String> read(Path file) throws IOException {
        return posix.attribute(file, ATTRIBUTE).map(bytes -> new String(bytes, StandardCharsets.UTF_8));
    }
}
