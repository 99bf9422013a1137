package io.sagara.agent.rebalance;

import com.google.protobuf.util.JsonFormat;
import io.sagara.agent.file.AtomicFile;
import io.sagara.api.v1.RebalancePhase;
import io.sagara.api.v1.RebalanceStatus;
import io.sagara.spi.PoolName;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What is to become of the rebalance of one pool and how far it is: in a file, which the next agent reads. Any
/// number of threads may call.
final class RebalanceRecord {
    private static final Logger LOG = LoggerFactory.getLogger(RebalanceRecord.class);

    private final PoolName pool;
    private final UUID volume;
    private final Path file;
    private final Lock changing = new ReentrantLock();
    private volatile RebalanceStatus status;

    /// `volume`: the id of the pool; what the file says of another one means nothing.
    RebalanceRecord(PoolName pool, UUID volume, Path file) {
        this.pool = pool;
        this.volume = volume;
        this.file = file;
        this.status = recorded();
    }

    private RebalanceStatus recorded() {
        try {
            RebalanceStatus.Builder found = RebalanceStatus.newBuilder();
            JsonFormat.parser().ignoringUnknownFields().merge(Files.readString(file), found);
            return found.getVolumeId().equals(volume.toString()) ? found.build() : nothing();
        } catch (NoSuchFileException e) {
            return nothing();
        } catch (IOException e) {
            LOG.atWarn()
                    .addKeyValue("pool", pool)
                    .addKeyValue("reason", e.getMessage())
                    .log("what is known of the rebalance cannot be read; start it again");
            return nothing();
        }
    }

    private RebalanceStatus nothing() {
        return reset(RebalanceStatus.newBuilder()).build();
    }

    private RebalanceStatus.Builder reset(RebalanceStatus.Builder next) {
        return next.clear().setVolumeId(volume.toString());
    }

    RebalanceStatus status() {
        return status;
    }

    RebalancePhase phase() {
        return status.getPhase();
    }

    /// Forgets what was, and begins with this phase; it is on disk when this returns.
    void begin(RebalancePhase phase, String detail) {
        become(next -> reset(next).setPhase(phase).setDetail(detail));
    }

    /// Changes it on disk too. Throws UNAVAILABLE where that cannot be written.
    void become(Consumer<RebalanceStatus.Builder> change) {
        changing.lock();
        try {
            change(change);
            keep();
        } finally {
            changing.unlock();
        }
    }

    /// Changes what is known here; a number that is lost with the agent is counted again by the next.
    void change(Consumer<RebalanceStatus.Builder> change) {
        changing.lock();
        try {
            RebalanceStatus.Builder next = status.toBuilder();
            change.accept(next);
            status = next.build();
        } finally {
            changing.unlock();
        }
    }

    private void keep() {
        LOG.atInfo()
                .addKeyValue("pool", pool)
                .addKeyValue("phase", status.getPhase())
                .addKeyValue("moved", status.getMovedFiles())
                .addKeyValue("detail", status.getDetail())
                .log("rebalance changed");
        try {
            AtomicFile.write(file, JsonFormat.printer().print(status));
        } catch (IOException e) {
            throw new StorageException(
                    Problem.UNAVAILABLE,
                    "cannot write " + file + ": " + e.getMessage() + "; check the disk of the state directory",
                    e);
        }
    }
}
