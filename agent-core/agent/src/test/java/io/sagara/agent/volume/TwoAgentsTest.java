package io.sagara.agent.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sagara.agent.account.Ledger;
import io.sagara.agent.account.LedgerEntry;
import io.sagara.agent.volume.disk.SubdirProvisioning;
import io.sagara.spi.Bytes;
import io.sagara.spi.Pool;
import io.sagara.spi.PoolMount;
import io.sagara.spi.Problem;
import io.sagara.spi.Provisioning;
import io.sagara.spi.StorageException;
import io.sagara.spi.StorageUnit;
import io.sagara.spi.Volume;
import io.sagara.spi.VolumeName;
import io.sagara.testkit.FakePoolMount;
import io.sagara.testkit.Pools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Two agents with one pool, which here is a plain directory: what each sees of the other, and what neither may
/// touch.
class TwoAgentsTest {
    private static final VolumeName NAME = new VolumeName("pvc-1");
    private static final Bytes SIZE = Bytes.mib(8);

    @TempDir
    Path directory;

    private final List<AutoCloseable> open = new ArrayList<>();
    private FakePoolMount mount;

    @BeforeEach
    void makePool() throws IOException {
        Pool pool = Pools.replica1("p", new StorageUnit("n1", "path", "/p", Map.of()));
        mount = new FakePoolMount(pool, Files.createDirectories(directory.resolve("p")), Bytes.gib(1));
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable one : open) {
            one.close();
        }
    }

    private final class Shared implements PoolAccess {
        private final boolean alone;

        Shared(boolean alone) {
            this.alone = alone;
        }

        @Override
        public Pool pool() {
            return mount.pool();
        }

        @Override
        public Provisioning provisioning() {
            return new SubdirProvisioning();
        }

        @Override
        public PoolMount mount() {
            return mount;
        }

        @Override
        public Reclaim reclaim() {
            return Reclaim.DELETE;
        }

        @Override
        public boolean alone() {
            return alone;
        }

        @Override
        public boolean caretaker() {
            return false;
        }

        @Override
        public void requireWhole() {}

        @Override
        public <T> T work(String what, Duration deadline, Callable<T> work) {
            try {
                return work.call();
            } catch (RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private PoolVolumeSet agent(String name) {
        return agent(name, false);
    }

    private PoolVolumeSet agent(String name, boolean alone) {
        PoolVolumeSet set = new PoolVolumeSet(new Shared(alone), name, InstantSource.system());
        set.open();
        open.add(set::close);
        return set;
    }

    private Ledger ledger(String agent) {
        Ledger ledger = Ledger.of(
                mount.pool().name(), agent, mount::root, Map::of, InstantSource.system(), Duration.ofSeconds(10));
        open.add(ledger);
        return ledger;
    }

    /// What an agent leaves that dies between the reservation and the info file.
    private Path cutShort(String agent) throws IOException {
        ledger(agent).reserve(NAME, SIZE, Bytes.gib(1));
        Volume made = new SubdirProvisioning().create(mount, NAME, Volume.Kind.SUBVOL, SIZE);
        Path data = mount.root().resolve(made.path());
        Files.delete(mount.root().resolve("info").resolve(made.path() + ".json"));
        return data;
    }

    private Optional<String> writer() {
        return ledger("looker").find(NAME).map(LedgerEntry::writer);
    }

    private static void look(PoolVolumeSet agent, int times) {
        for (int i = 0; i < times; i++) {
            agent.tend();
        }
    }

    @Test
    void whatOneMakesTheOtherFindsListsExpandsAndDeletes() {
        PoolVolumeSet a = agent("a");
        PoolVolumeSet b = agent("b");
        Volume made = a.create(NAME, Volume.Kind.SUBVOL, SIZE);
        assertThat(b.find(NAME)).contains(made);
        b.refresh();
        assertThat(b.all()).containsExactly(made);
        Volume larger = b.expand(NAME, Bytes.mib(16));
        assertThat(a.find(NAME)).contains(larger);
        assertThat(a.all()).containsExactly(made);
        a.refresh();
        assertThat(a.all()).containsExactly(larger);
        assertThat(a.available())
                .isEqualTo(b.available())
                .isEqualTo(Bytes.gib(1).minusOrZero(Bytes.mib(16)));
        b.delete(NAME);
        assertThat(a.find(NAME)).isEmpty();
        a.refresh();
        assertThat(a.all()).isEmpty();
    }

    @Test
    void anAgentThatOpensLeavesACallOfAnotherAlone() throws IOException {
        Path data = cutShort("a");
        PoolVolumeSet b = agent("b");
        look(b, Settlement.GRACE - 1);
        assertThat(data).isDirectory();
        assertThat(writer()).contains("a");
    }

    @Test
    void anAgentThatIsBackUndoesWhatItHadBegunAtOnce() throws IOException {
        Path data = cutShort("a");
        agent("a");
        assertThat(data).doesNotExist();
        assertThat(writer()).isEmpty();
    }

    @Test
    void anAgentThatIsAloneUndoesEverythingAtOnce() throws IOException {
        Path data = cutShort("gone for ever");
        agent("b", true);
        assertThat(data).doesNotExist();
        assertThat(writer()).isEmpty();
    }

    @Test
    void whatNobodyComesBackForIsUndoneInTheEnd() throws IOException {
        Path data = cutShort("gone for ever");
        PoolVolumeSet b = agent("b");
        look(b, Settlement.GRACE);
        assertThat(data).doesNotExist();
        assertThat(writer()).isEmpty();
    }

    @Test
    void anAgentThatIsBackLeavesAloneWhatAnotherHasTakenOver() throws IOException {
        Path data = cutShort("a");
        PoolVolumeSet b = agent("b");
        assertBusy(() -> b.create(NAME, Volume.Kind.SUBVOL, SIZE));
        look(b, Settlement.TAKE_OVER);
        ledger("b").takeOver(ledger("b").find(NAME).orElseThrow());
        PoolVolumeSet a = agent("a");
        look(a, Settlement.GRACE - 1);
        assertThat(data).isDirectory();
        assertThat(writer()).contains("b");
    }

    @Test
    void aVolumeThatAnotherHasBegunIsMadeWhenThatMustHaveEnded() throws IOException {
        cutShort("a");
        PoolVolumeSet b = agent("b");
        assertBusy(() -> b.create(NAME, Volume.Kind.SUBVOL, SIZE));
        look(b, Settlement.TAKE_OVER - 1);
        assertBusy(() -> b.create(NAME, Volume.Kind.SUBVOL, SIZE));
        look(b, 1);
        assertThat(b.create(NAME, Volume.Kind.SUBVOL, SIZE).size()).isEqualTo(SIZE);
        assertThat(writer()).contains("b");
    }

    private static void assertBusy(ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        StorageException.class, e -> assertThat(e.problem()).isEqualTo(Problem.BUSY));
    }

    @Test
    void aVolumeNobodyCountsIsCountedByWhoeverSeesItTwice() {
        new SubdirProvisioning().create(mount, NAME, Volume.Kind.SUBVOL, SIZE);
        ledger("a").release(NAME);
        PoolVolumeSet b = agent("b");
        look(b, 1);
        assertThat(ledger("looker").find(NAME).map(LedgerEntry::size)).contains(SIZE);
        assertThat(b.all()).hasSize(1);
    }

    @Test
    void aSizeThatIsBeingRaisedIsLeftAloneAndATooSmallOneIsCorrected() {
        new SubdirProvisioning().create(mount, NAME, Volume.Kind.SUBVOL, SIZE);
        Ledger other = ledger("a");
        other.reserve(NAME, Bytes.mib(16), Bytes.gib(1));
        PoolVolumeSet b = agent("b");
        look(b, 100);
        assertThat(other.find(NAME).map(LedgerEntry::size)).contains(Bytes.mib(16));
        other.resize(NAME, Bytes.mib(4), Bytes.gib(1));
        b.refresh();
        look(b, 2);
        assertThat(other.find(NAME).map(LedgerEntry::size)).contains(SIZE);
    }
}
