package io.sagara.backend.external;

import io.sagara.backend.external.glusterd.Glusterd;
import io.sagara.backend.external.glusterd.Identity;
import io.sagara.spi.ExternalVolume;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/// Asks all hosts of a cluster at the same time for the graph of a volume; the first that gives it wins.
/// Hosts that are slower go on being asked, so that what is wrong with them is known later. For one thread,
/// but for [#failures].
final class Search {
    private static final Duration ANSWER = Duration.ofSeconds(4);
    private static final Duration ALL = Duration.ofSeconds(8);

    private final Map<String, HostFailure> failures = new ConcurrentHashMap<>();
    /// A name that takes minutes to resolve is not looked up twice at a time.
    private final Set<String> asked = ConcurrentHashMap.newKeySet();

    /// A graph, and the connection that gave it.
    record Found(String host, Glusterd glusterd, String graph) implements Closeable {
        @Override
        public void close() throws IOException {
            glusterd.close();
        }
    }

    /// `version`: of GlusterFS on this node. `identity`: where glusterd speaks TLS. Empty where nobody gives the
    /// graph; [#failures] says why then.
    Optional<Found> ask(
            List<String> hosts, ExternalVolume volume, GlusterVersion version, Optional<Identity> identity) {
        BlockingQueue<Optional<Found>> answers = new LinkedBlockingQueue<>();
        AtomicBoolean over = new AtomicBoolean();
        failures.keySet().retainAll(hosts);
        int waiting = 0;
        for (String host : hosts) {
            if (asked.add(host)) {
                waiting++;
                // looking up a name cannot be interrupted, so not on a virtual thread
                Thread.ofPlatform().daemon().name("glusterd-" + host).start(() -> {
                    try {
                        ask(host, volume, version, identity, answers, over);
                    } finally {
                        asked.remove(host);
                    }
                });
            } else {
                failures.put(host, HostFailure.silent(host + ":" + volume.port()));
            }
        }
        Optional<Found> first = first(answers, waiting);
        if (first.isEmpty()) {
            over.set(true);
            // one that came in the last moment
            first = Optional.ofNullable(answers.poll()).flatMap(answer -> answer);
            hosts.forEach(host -> failures.putIfAbsent(host, HostFailure.silent(host + ":" + volume.port())));
        }
        return first;
    }

    private void ask(
            String host,
            ExternalVolume volume,
            GlusterVersion version,
            Optional<Identity> identity,
            BlockingQueue<Optional<Found>> answers,
            AtomicBoolean over) {
        try {
            Found found = ask(host, volume, version, identity);
            failures.remove(host);
            if (over.compareAndSet(false, true)) {
                answers.add(Optional.of(found));
            } else {
                found.close();
            }
        } catch (IOException e) {
            failures.put(host, HostFailure.of(host, volume, version.text(), identity.isPresent(), e));
            answers.add(Optional.empty());
        }
    }

    /// By any of its addresses.
    private static Found ask(String host, ExternalVolume volume, GlusterVersion version, Optional<Identity> identity)
            throws IOException {
        IOException first = null;
        for (InetAddress address : InetAddress.getAllByName(host)) {
            Glusterd glusterd = null;
            try {
                glusterd = Glusterd.connect(new InetSocketAddress(address, volume.port()), ANSWER, identity);
                return new Found(host, glusterd, glusterd.graph(volume.volume(), version.operating()));
            } catch (IOException e) {
                first = first == null ? e : first;
                if (glusterd != null) {
                    glusterd.close();
                }
            }
        }
        throw first == null ? new IOException("host " + host + " has no address") : first;
    }

    private static Optional<Found> first(BlockingQueue<Optional<Found>> answers, int asked) {
        long deadline = System.nanoTime() + ALL.toNanos();
        try {
            for (int i = 0; i < asked; i++) {
                Optional<Found> answer = answers.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
                if (answer == null) {
                    return Optional.empty();
                }
                if (answer.isPresent()) {
                    return answer;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return Optional.empty();
    }

    /// What was wrong with hosts when they were asked last, by their names.
    Map<String, HostFailure> failures() {
        return Map.copyOf(failures);
    }
}
