package io.sagara.agent.block;

import io.sagara.agent.mount.PoolClient;
import io.sagara.agent.time.Timer;
import io.sagara.spi.PoolName;
import io.sagara.spi.StorageException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells other nodes that the block volumes which are staged here still are.
final class HolderRenewal implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HolderRenewal.class);

    private final BlockRecords records;
    private final Holders holders;
    private final Function<PoolName, PoolClient> clients;
    private final Timer timer;
    private volatile Timer.Scheduled next;
    private volatile boolean closed;

    /// Begins at once.
    HolderRenewal(BlockRecords records, Holders holders, Function<PoolName, PoolClient> clients, Timer timer) {
        this.records = records;
        this.holders = holders;
        this.clients = clients;
        this.timer = timer;
        next = timer.after(Holders.BEAT, this::beat);
    }

    private void beat() {
        for (BlockUse use : records.all()) {
            if (use.role() == BlockUse.Role.STAGED && use.loop().isPresent()) {
                renew(use);
            }
        }
        if (!closed) {
            next = timer.after(Holders.BEAT, this::beat);
        }
    }

    private void renew(BlockUse use) {
        try {
            PoolClient client = clients.apply(use.pool());
            Path file = client.root().resolve(use.file());
            boolean ours = client.threads().call("renew volume " + use.volume(), Holders.BEAT, () -> {
                if (!holders.holds(file)) {
                    return false;
                }
                holders.beat(file);
                return true;
            });
            if (!ours && records.at(use.target()).isPresent()) {
                LOG.atError()
                        .addKeyValue("volume", use.volume())
                        .log("another node has taken a block volume that is in use here; end its pods on one of both");
            }
        } catch (IOException | StorageException e) {
            LOG.atDebug().addKeyValue("volume", use.volume()).setCause(e).log("user of a block volume not renewed");
        }
    }

    /// Says that this node does not have the volume any more. The pool may not answer, and must not keep a volume
    /// from being taken away: then the word stays, and another node waits until it is old.
    void release(BlockUse use) {
        try {
            PoolClient client = clients.apply(use.pool());
            Path file = client.root().resolve(use.file());
            var _ = client.threads().call("let volume " + use.volume() + " go", Holders.BEAT, () -> {
                holders.release(file);
                return file;
            });
        } catch (IOException | StorageException e) {
            LOG.atWarn()
                    .addKeyValue("volume", use.volume())
                    .addKeyValue("reason", e.getMessage())
                    .log("other nodes were not told that the volume is free");
        }
    }

    @Override
    public void close() {
        closed = true;
        next.cancel();
    }
}
