package io.sagara.agent.volume;

import static org.assertj.core.api.Assertions.assertThat;

import io.sagara.agent.account.Ledger;
import io.sagara.agent.account.LedgerEntry;
import io.sagara.agent.time.FakeTimer;
import io.sagara.agent.volume.PoolAccess.Reclaim;
import io.sagara.agent.volume.disk.SubdirProvisioning;
import io.sagara.spi.Bytes;
import io.sagara.spi.Volume;
import io.sagara.spi.VolumeName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HourlyReconciliationTest {
    private static final VolumeName NAME = new VolumeName("pvc-1");
    private static final VolumeName LEFT = new VolumeName("pvc-2");

    @TempDir
    Path directory;

    private final FakeTimer timer = new FakeTimer();
    private PlainAccess access;
    private PoolVolumeSet volumes;
    private Ledger ledger;

    @BeforeEach
    void open() throws IOException {
        access = new PlainAccess(directory, Reclaim.DELETE, true);
        volumes = new PoolVolumeSet(access, "a", timer);
        volumes.open();
        ledger = Ledger.of(
                access.pool().name(), "b", () -> access.mount().root(), Map::of, timer, Duration.ofSeconds(10));
        HourlyReconciliation.begin(volumes, timer, Runnable::run);
    }

    @AfterEach
    void close() {
        ledger.close();
        volumes.close();
    }

    @Test
    void whatDiffersIsFoundWithinAnHourEveryHour() throws IOException {
        for (int hour = 0; hour < 2; hour++) {
            new SubdirProvisioning().create(access.mount(), NAME, Volume.Kind.SUBVOL, Bytes.mib(8));
            ledger.release(NAME);
            String path = new SubdirProvisioning()
                    .create(access.mount(), LEFT, Volume.Kind.SUBVOL, Bytes.mib(8))
                    .path()
                    .toString();
            Files.delete(access.path("info", path + ".json"));

            timer.advance(HourlyReconciliation.INTERVAL.minusSeconds(1));
            volumes.tend();
            assertThat(ledger.find(NAME)).isEmpty();
            timer.advance(Duration.ofSeconds(1));
            volumes.tend();

            assertThat(ledger.find(NAME).map(LedgerEntry::size)).contains(Bytes.mib(8));
            assertThat(volumes.known(NAME)).isPresent();
            assertThat(access.path(path)).doesNotExist();
            volumes.delete(NAME);
        }
    }
}
