package io.sagara.backend.external;

import io.sagara.backend.external.glusterd.Glusterd;
import io.sagara.backend.external.glusterd.Identity;
import io.sagara.spi.ExternalVolume;
import io.sagara.spi.Pool;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import io.sagara.spi.Tls;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What is known of the volume of one pool. Refreshed by one thread; any may ask.
final class ServedVolume {
    /// The connection tells of changes; a look beside it finds hosts that are away.
    private static final Duration LOOK = Duration.ofMinutes(5);

    /// What is not as it should be may be put right without a word to us.
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(20);

    private static final Duration HANGS_UP = Duration.ofSeconds(2);

    private final Remembered remembered;
    private final InstantSource clock;
    private final Search search = new Search();
    private final ExternalVolume volume;
    private final Optional<Tls> tls;
    private final MountOptions options;
    private volatile @Nullable Graph graph;
    private volatile Quota quota = Quota.UNKNOWN;
    private volatile boolean stale = true;
    private volatile Optional<String> away = Optional.empty();
    private boolean reached;
    private Instant looked = Instant.MIN;
    private volatile @Nullable Glusterd watched;

    /// `volume`: checked, with options that can be used. `tls`: how it is connected to, where not in clear.
    ServedVolume(ExternalVolume volume, Optional<Tls> tls, Remembered remembered, InstantSource clock) {
        this.volume = volume;
        this.tls = tls;
        this.options = MountOptions.parse(volume.mountOptions());
        this.remembered = remembered;
        this.clock = clock;
    }

    ExternalVolume volume() {
        return volume;
    }

    Optional<Tls> tls() {
        return tls;
    }

    /// What is shown to glusterd, where it speaks TLS.
    Optional<Identity> identity() {
        return tls.filter(Tls::management).map(each -> new Identity(each.authorities(), each.identity()));
    }

    MountOptions options() {
        return options;
    }

    Optional<Graph> graph() {
        return Optional.ofNullable(graph).map(known -> tls.map(known::showing).orElse(known));
    }

    Quota quota() {
        return quota;
    }

    /// Asks the cluster where something may have changed. `changed`: see [io.sagara.spi.Cluster#refresh].
    void refresh(Pool pool, GlusterVersion version, Runnable changed) {
        boolean well = search.failures().isEmpty() && quota == Quota.ENFORCED;
        if (!stale && looked.plus(well ? LOOK : LOOK_AGAIN).isAfter(clock.instant())) {
            return;
        }
        stale = false;
        Optional<Search.Found> found = search.ask(hosts(), volume, version, identity());
        if (found.isPresent()) {
            take(pool, found.get(), version, changed);
            requireBricks(pool);
        } else {
            stale = true;
            goOn(pool);
        }
    }

    private List<String> hosts() {
        return Stream.concat(volume.hosts().stream(), options.hosts().stream())
                .distinct()
                .toList();
    }

    private void take(Pool pool, Search.Found found, GlusterVersion version, Runnable changed) {
        Graph next;
        try {
            next = Graph.parse(found.graph());
            var _ = next.sets();
        } catch (IllegalArgumentException e) {
            stale = true;
            close(found.glusterd());
            throw new StorageException(
                    Problem.UNAVAILABLE,
                    "pool " + pool.name() + ": " + found.host() + " gives a graph that is none: " + e.getMessage()
                            + "; look at its glusterd",
                    e);
        }
        try {
            requireAgreement(pool, next);
        } catch (StorageException e) {
            stale = true;
            close(found.glusterd());
            throw e;
        }
        quota = quota(found.glusterd(), next, version);
        away = Optional.empty();
        looked = clock.instant();
        boolean other = !next.equals(graph);
        if (other) {
            graph = next;
            remembered.save(pool, volume, next);
        }
        watch(found, version, changed);
        if (other) {
            changed.run();
        }
    }

    /// A client that speaks TLS where bricks do not, or the other way round, would be told nothing but that it is not
    /// connected. And what was asked to be secret is never sent in clear.
    private void requireAgreement(Pool pool, Graph next) {
        String which = "pool " + pool.name() + ": volume '" + volume.volume() + "' ";
        if (next.secure() && tls.isEmpty()) {
            throw new StorageException(
                    Problem.INVALID_ARGUMENT,
                    which
                            + "asks its clients for TLS; give certificates in details.tls that its servers accept, or turn"
                            + " client.ssl and server.ssl off on the cluster");
        }
        if (!next.secure() && tls.isPresent() && !tls.get().management()) {
            throw new StorageException(
                    Problem.INVALID_ARGUMENT,
                    which + "does not ask its clients for TLS, so data would be sent in clear; set client.ssl and"
                            + " server.ssl on, on the cluster, or remove details.tls");
        }
    }

    /// A client waits for its bricks in silence; before the first one is started there is time to say why it
    /// would.
    private void requireBricks(Pool pool) {
        Graph known = graph;
        if (!reached && known != null) {
            Diagnosis.Found bricks = new Diagnosis(volume, known, identity()).look();
            if (bricks.none()) {
                stale = true;
                throw new StorageException(
                        Problem.UNAVAILABLE,
                        "pool " + pool.name() + ": no brick can be reached: " + String.join("; ", bricks.sentences()));
            }
            reached = true;
        }
    }

    private Quota quota(Glusterd glusterd, Graph client, GlusterVersion version) {
        for (Translator brick : client.bricks()) {
            String path = brick.option("remote-subvolume", "/").replaceFirst("^/", "");
            String id = volume.volume() + "." + brick.option("remote-host", "") + "." + path.replace('/', '-');
            try {
                return Quota.of(Graph.parse(glusterd.graph(id, version.operating())));
            } catch (IOException | IllegalArgumentException e) {
                // another's says the same
            }
        }
        return Quota.UNKNOWN;
    }

    /// glusterd says on the connection that a graph has changed; and where it ends, another is asked.
    private void watch(Search.Found found, GlusterVersion version, Runnable changed) {
        Glusterd former = watched;
        watched = found.glusterd();
        Instant since = clock.instant();
        if (former != null) {
            close(former);
        }
        Thread.ofVirtual().name("glusterd-watch-" + found.host()).start(() -> {
            // a server that gives a graph and hangs up is asked at the agent's own pace
            boolean told = told(found, version) || since.plus(HANGS_UP).isBefore(clock.instant());
            if (watched == found.glusterd()) {
                stale = true;
                if (told) {
                    changed.run();
                }
            }
        });
    }

    /// Waits for a change; false where the connection has ended instead: by them, or by us for a newer one.
    private boolean told(Search.Found found, GlusterVersion version) {
        try {
            found.glusterd().awaitChange(volume.volume(), version.operating(), found.graph());
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /// Nobody gives the graph: what was known is used, if there is any.
    private void goOn(Pool pool) {
        Map<String, HostFailure> failures = search.failures();
        Problem problem =
                failures.values().stream().anyMatch(HostFailure::noVolume) ? Problem.NOT_FOUND : Problem.UNAVAILABLE;
        String sentence = "no server of the cluster gives the graph of volume '" + volume.volume() + "': "
                + String.join("; ", sentences(failures));
        if (graph == null && problem == Problem.UNAVAILABLE) {
            graph = remembered.load(pool, volume).orElse(null);
        }
        if (graph == null) {
            throw new StorageException(problem, "pool " + pool.name() + ": " + sentence);
        }
        away = Optional.of(sentence + "; the pool is served as it was known before");
    }

    private static List<String> sentences(Map<String, HostFailure> failures) {
        return failures.values().stream().map(HostFailure::sentence).sorted().toList();
    }

    /// What is not as it should be, a sentence each.
    List<String> warnings() {
        if (away.isPresent()) {
            return List.of(away.get());
        }
        List<String> warnings = new ArrayList<>(sentences(search.failures()));
        if (quota == Quota.LATE) {
            warnings.add("volume '" + volume.volume()
                    + "' counts usage late, so that more than the limit can be written;"
                    + " set both: 'gluster volume quota " + volume.volume() + " soft-timeout 0', and hard-timeout 0");
        }
        return warnings;
    }

    /// Ends the watch.
    void close() {
        Glusterd former = watched;
        watched = null;
        stale = true;
        if (former != null) {
            close(former);
        }
    }

    private static void close(Glusterd glusterd) {
        try {
            glusterd.close();
        } catch (IOException e) {
            // it is closed all the same
        }
    }
}
