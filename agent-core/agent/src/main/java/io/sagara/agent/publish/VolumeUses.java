package io.sagara.agent.publish;

import io.sagara.agent.mount.PoolClient;
import io.sagara.agent.posix.Posix;
import io.sagara.spi.PoolName;
import io.sagara.spi.StorageException;
import io.sagara.spi.VolumeName;
import io.sagara.spi.VolumeUsage;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The space that the volumes published on this node use. Any thread may ask.
public final class VolumeUses {
    private static final Logger LOG = LoggerFactory.getLogger(VolumeUses.class);
    /// Prometheus waits 10 s for everything.
    private static final Duration DEADLINE = Duration.ofSeconds(4);

    private final PublicationRecords records;
    private final Posix posix;
    private final Function<PoolName, PoolClient> clients;

    VolumeUses(PublicationRecords records, Posix posix, Function<PoolName, PoolClient> clients) {
        this.records = records;
        this.posix = posix;
        this.clients = clients;
    }

    /// Of every volume; empty where it does not answer. Pools are asked at the same time, and one that hangs costs
    /// four seconds.
    public Map<VolumeName, Optional<VolumeUsage>> now() {
        Map<PoolName, List<Publication>> pools =
                records.all().stream().collect(Collectors.groupingBy(Publication::pool));
        Map<VolumeName, Optional<VolumeUsage>> uses = new ConcurrentHashMap<>();
        try (ExecutorService asking = Executors.newVirtualThreadPerTaskExecutor()) {
            pools.forEach((pool, published) -> asking.execute(() -> uses.putAll(of(pool, published))));
        }
        return uses;
    }

    private Map<VolumeName, Optional<VolumeUsage>> of(PoolName pool, List<Publication> published) {
        Map<VolumeName, Optional<VolumeUsage>> uses = new HashMap<>();
        published.forEach(publication -> uses.put(publication.volume(), Optional.empty()));
        try {
            PoolClient client = clients.apply(pool);
            uses.putAll(client.threads().call("measure its volumes", DEADLINE, () -> measured(client, published)));
        } catch (IOException | StorageException e) {
            // said by the pool's status and by the answer itself
            LOG.atDebug().addKeyValue("pool", pool).setCause(e).log("volumes cannot be measured");
        }
        return uses;
    }

    private Map<VolumeName, Optional<VolumeUsage>> measured(PoolClient client, List<Publication> published)
            throws IOException {
        Map<VolumeName, Optional<VolumeUsage>> uses = new HashMap<>();
        for (Publication publication : published) {
            if (!uses.containsKey(publication.volume())) {
                uses.put(
                        publication.volume(),
                        Optional.of(posix.usage(HealingPass.source(client.root(), publication.root()))));
            }
        }
        return uses;
    }
}
