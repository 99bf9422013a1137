package io.sagara.agent.volume;

import static org.assertj.core.api.Assertions.assertThat;

import io.sagara.agent.account.Ledger;
import io.sagara.agent.account.LedgerEntry;
import io.sagara.agent.volume.Difference.Kind;
import io.sagara.agent.volume.PoolAccess.Reclaim;
import io.sagara.spi.Bytes;
import io.sagara.spi.Volume;
import io.sagara.spi.VolumeName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Damage is done to a pool behind the agent's back, and the check has to name it.
class PoolCheckTest {
    private static final VolumeName NAME = new VolumeName("pvc-1");
    private static final VolumeName OTHER = new VolumeName("pvc-2");
    private static final Bytes SIZE = Bytes.mib(8);

    @TempDir
    Path directory;

    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable one : open) {
            one.close();
        }
    }

    private PoolVolumeSet agent(PlainAccess access, String name) {
        PoolVolumeSet set = new PoolVolumeSet(access, name, InstantSource.system());
        set.open();
        open.add(set::close);
        return set;
    }

    private Ledger ledger(PlainAccess access, String agent) {
        Ledger ledger = Ledger.of(
                access.pool().name(),
                agent,
                () -> access.mount().root(),
                Map::of,
                InstantSource.system(),
                Duration.ofSeconds(10));
        open.add(ledger);
        return ledger;
    }

    private static List<Kind> kinds(CheckReport report) {
        return report.differences().stream().map(Difference::kind).toList();
    }

    private static CheckReport check(PoolVolumeSet agent, boolean repair) {
        return agent.check(repair, _ -> {});
    }

    private static Volume create(PoolVolumeSet agent, VolumeName name) {
        return agent.create(name, Volume.Kind.SUBVOL, SIZE);
    }

    @Test
    void aPoolThatIsWellHasNoDifferences() throws IOException {
        PlainAccess access = new PlainAccess(directory, Reclaim.ARCHIVE, true);
        PoolVolumeSet agent = agent(access, "a");
        create(agent, NAME);
        create(agent, OTHER);
        agent.delete(OTHER);
        assertThat(check(agent, true)).isEqualTo(new CheckReport(List.of(), 1, 1));
    }

    @Test
    void aRowThatIsMissingIsNamedAndThenWritten() throws IOException {
        PlainAccess access = new PlainAccess(directory, Reclaim.DELETE, true);
        PoolVolumeSet agent = agent(access, "a");
        create(agent, NAME);
        Ledger other = ledger(access, "other");
        other.release(NAME);
        assertThat(kinds(check(agent, false))).containsExactly(Kind.NOT_COUNTED);
        assertThat(other.find(NAME)).isEmpty();
        CheckReport repaired = check(agent, true);
        assertThat(repaired.differences())
                .singleElement()
                .satisfies(it -> assertThat(it.repaired()).isTrue());
        assertThat(other.find(NAME).map(LedgerEntry::size)).contains(SIZE);
        assertThat(check(agent, false).differences()).isEmpty();
    }

    @Test
    void aRowWithoutAVolumeGivesItsSpaceBackWhereThisAgentMayDecide() throws IOException {
        PlainAccess access = new PlainAccess(directory, Reclaim.DELETE, true);
        PoolVolumeSet agent = agent(access, "a");
        ledger(access, "other").reserve(NAME, SIZE, Bytes.gib(1));
        assertThat(kinds(check(agent, false))).containsExactly(Kind.NO_VOLUME);
        assertThat(check(agent, true).differences()).allMatch(Difference::repaired);
        assertThat(check(agent, false).differences()).isEmpty();
    }

    @Test
    void aRowOfAnotherNodesAgentIsLeftToIt() throws IOException {
        PlainAccess access = new PlainAccess(directory, Reclaim.DELETE, false);
        PoolVolumeSet agent = agent(access, "a");
        Ledger other = ledger(access, "other");
        other.reserve(NAME, SIZE, Bytes.gib(1));
        CheckReport report = check(agent, true);
        assertThat(report.differences())
                .singleElement()
                .satisfies(it -> assertThat(it.repaired()).isFalse())
                .satisfies(it -> assertThat(it.advice()).contains("another node"));
        assertThat(other.find(NAME)).isPresent();
    }

    @Test
    void aSizeThatIsCountedTooSmallIsCorrected() throws IOException {
        PlainAccess access = new PlainAccess(directory, Reclaim.DELETE, true);
        PoolVolumeSet agent = agent(access, "a");
        create(agent, NAME);
        ledger(access, "other").resize(NAME, Bytes.mib(1), Bytes.gib(1));
        assertThat(kinds(check(agent, true))).containsExactly(Kind.OTHER_SIZE);
        assertThat(check(agent, false).differences()).isEmpty();
    }

    @Test
    void aLimitThatIsMissingOrWrongIsSetAgain() throws IOException {
        PlainAccess access = new PlainAccess(directory, Reclaim.DELETE, true);
        PoolVolumeSet agent = agent(access, "a");
        Path one = access.path(create(agent, NAME).path().toString());
        Path two = access.path(create(agent, OTHER).path().toString());
        access.mount().unlimit(one);
        access.mount().limit(two, Bytes.gib(1));
        assertThat(kinds(check(agent, false))).containsExactly(Kind.NO_LIMIT, Kind.OTHER_LIMIT);
        assertThat(access.mount().limit(one)).isEmpty();
        assertThat(check(agent, true).differences()).hasSize(2).allMatch(Difference::repaired);
        assertThat(access.mount().limit(one)).contains(SIZE);
        assertThat(access.mount().limit(two)).contains(SIZE);
    }

    @Test
    void whatACrashHasLeftIsFinished() throws IOException {
        PlainAccess access = new PlainAccess(directory, Reclaim.DELETE, true);
        PoolVolumeSet agent = agent(access, "a");
        String path = create(agent, NAME).path().toString();
        Files.delete(access.path("info", path + ".json"));
        ledger(access, "other").release(NAME);
        assertThat(kinds(check(agent, false))).containsExactly(Kind.UNFINISHED);
        assertThat(access.path(path)).isDirectory();
        assertThat(check(agent, true).differences()).allMatch(Difference::repaired);
        assertThat(access.path(path)).doesNotExist();
        assertThat(check(agent, false).differences()).isEmpty();
    }

    @Test
    void whatOnlyAPersonCanDecideIsSaidAndNotTouched() throws IOException {
        PlainAccess access = new PlainAccess(directory, Reclaim.DELETE, true);
        PoolVolumeSet agent = agent(access, "a");
        Path info = access.path("info", create(agent, NAME).path() + ".json");
        Files.writeString(info, "{\"size\": 83");
        Path stray = access.path(create(agent, OTHER).path().toString()).resolveSibling("stray");
        Files.writeString(Files.createDirectory(stray).resolve("file"), "data");
        CheckReport report = check(agent, true);
        assertThat(kinds(report)).containsExactly(Kind.BROKEN, Kind.BROKEN);
        assertThat(report.differences())
                .noneMatch(Difference::repaired)
                .allMatch(it -> !it.advice().isEmpty());
        assertThat(stray.resolve("file")).hasContent("data");
        assertThat(info).hasContent("{\"size\": 83");
        // the volume whose info file is damaged goes on being counted
        assertThat(ledger(access, "other").find(NAME).map(LedgerEntry::size)).contains(SIZE);
    }

    @Test
    void aDamagedAccountIsRebuiltAndShown() throws IOException {
        PlainAccess access = new PlainAccess(directory, Reclaim.DELETE, true);
        PoolVolumeSet agent = agent(access, "a");
        create(agent, NAME);
        Files.write(access.path("stat.db"), new byte[20_000]);
        CheckReport report = check(agent, false);
        assertThat(kinds(report)).containsExactly(Kind.ACCOUNT_SET_ASIDE);
        assertThat(report.differences().getFirst().what()).startsWith("stat.db.corrupt-");
        assertThat(ledger(access, "other").find(NAME).map(LedgerEntry::size)).isEqualTo(Optional.of(SIZE));
    }
}
