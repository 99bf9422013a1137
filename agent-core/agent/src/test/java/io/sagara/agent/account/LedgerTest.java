package io.sagara.agent.account;

import static io.sagara.agent.account.TestLedgers.CLOCK;
import static io.sagara.agent.account.TestLedgers.POOL;
import static io.sagara.agent.account.TestLedgers.name;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sagara.spi.Bytes;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import io.sagara.spi.VolumeName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LedgerTest {
    private static final Bytes POOL_SIZE = Bytes.gib(20);
    private static final VolumeName A = name("pvc-a");
    private static final VolumeName B = name("pvc-b");

    @TempDir
    private Path root;

    private final Map<VolumeName, Bytes> truth = new ConcurrentHashMap<>();
    private Ledger ledger;

    @BeforeEach
    void open() {
        ledger = TestLedgers.in(root, truth);
    }

    @AfterEach
    void close() {
        ledger.close();
    }

    @Test
    void aReservationIsCountedOnceHoweverOftenItIsAskedFor() {
        assertThat(ledger.reserve(A, Bytes.gib(5), POOL_SIZE).fresh()).isTrue();
        assertThat(ledger.reserve(A, Bytes.gib(5), POOL_SIZE).fresh()).isFalse();
        assertThat(ledger.sum()).isEqualTo(Bytes.gib(5));
        assertThat(ledger.count()).isEqualTo(1);
        assertThat(ledger.find(A)).contains(new LedgerEntry(A, Bytes.gib(5), CLOCK.instant()));
    }

    @Test
    void whatIsUnderWayWhenTheAccountIsClosedIsNotCountedAfterwards() throws Exception {
        CountDownLatch judging = new CountDownLatch(1);
        CountDownLatch closed = new CountDownLatch(1);
        try (ExecutorService caller = Executors.newCachedThreadPool()) {
            Future<?> late = caller.submit(() -> ledger.settle(A, row -> {
                judging.countDown();
                awaitUninterruptibly(closed);
                return Optional.of(Bytes.gib(5));
            }));
            judging.await();
            ledger.close();
            try (Ledger next = TestLedgers.in(root, truth)) {
                // on its way into the transaction, or waiting for the old one to end
                Future<Bytes> sum = caller.submit(next::sum);
                closed.countDown();
                assertThat(late)
                        .failsWithin(Duration.ofSeconds(30))
                        .withThrowableOfType(ExecutionException.class)
                        .withMessageContaining("is closed");
                assertThat(sum).succeedsWithin(Duration.ofSeconds(30)).isEqualTo(Bytes.ZERO);
                assertThat(next.sum()).isEqualTo(Bytes.ZERO);
            }
        }
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        boolean interrupted = false;
        while (true) {
            try {
                latch.await();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void anotherSizeForTheSameNameIsRefused() {
        ledger.reserve(A, Bytes.gib(5), POOL_SIZE);
        assertRefused(Problem.ALREADY_EXISTS, () -> ledger.reserve(A, Bytes.gib(6), POOL_SIZE), "5 GiB", "6 GiB");
        assertThat(ledger.sum()).isEqualTo(Bytes.gib(5));
    }

    @Test
    void aReservationBeyondTheCapacityIsRefusedAndSaysWhatIsFree() {
        ledger.reserve(A, Bytes.gib(17), POOL_SIZE);
        assertRefused(
                Problem.NO_SPACE,
                () -> ledger.reserve(B, Bytes.gib(5), POOL_SIZE),
                "5 GiB",
                "3 GiB of 20 GiB",
                "17 GiB");
        assertThat(ledger.reserve(B, Bytes.gib(3), POOL_SIZE).fresh()).isTrue();
    }

    @Test
    void sizesNearTheLargestNumberAreNoWayAroundTheCapacity() {
        Bytes huge = new Bytes(Long.MAX_VALUE);
        assertRefused(Problem.NO_SPACE, () -> ledger.reserve(A, huge, POOL_SIZE));
        ledger.correct(A, huge);
        ledger.correct(B, huge);
        assertThat(ledger.sum()).isEqualTo(huge);
        assertRefused(Problem.NO_SPACE, () -> ledger.reserve(name("c"), new Bytes(1), huge));
        ledger.release(A);
        ledger.release(B);
        assertThat(ledger.sum()).isEqualTo(Bytes.ZERO);
    }

    @Test
    void growingTakesOnlyTheDifference() {
        ledger.reserve(A, Bytes.gib(15), POOL_SIZE);
        assertThat(ledger.resize(A, Bytes.gib(20), POOL_SIZE).size()).isEqualTo(Bytes.gib(20));
        assertRefused(Problem.NO_SPACE, () -> ledger.resize(A, Bytes.gib(21), POOL_SIZE), "and has 20 GiB");
        assertThat(ledger.resize(A, Bytes.gib(1), POOL_SIZE).size()).isEqualTo(Bytes.gib(1));
        assertThat(ledger.sum()).isEqualTo(Bytes.gib(1));
    }

    @Test
    void resizingTheUnknownIsNotFoundAndReleasingItSucceeds() {
        assertRefused(Problem.NOT_FOUND, () -> ledger.resize(A, Bytes.gib(1), POOL_SIZE));
        ledger.release(A);
        ledger.release(A);
        assertThat(ledger.count()).isZero();
    }

    @Test
    void ofTenCallersWhoWantAQuarterEachExactlyFourGetIt() throws Exception {
        int callers = 10;
        CountDownLatch start = new CountDownLatch(1);
        List<Future<Boolean>> answers = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < callers; i++) {
                VolumeName name = name("pvc-" + i);
                answers.add(threads.submit(() -> {
                    start.await();
                    return granted(name, Bytes.gib(5));
                }));
            }
            start.countDown();
        }
        int granted = 0;
        for (Future<Boolean> answer : answers) {
            granted += answer.get() ? 1 : 0;
        }
        assertThat(granted).isEqualTo(4);
        assertThat(ledger.sum()).isEqualTo(POOL_SIZE);
    }

    private boolean granted(VolumeName name, Bytes size) {
        try {
            return ledger.reserve(name, size, POOL_SIZE).fresh();
        } catch (StorageException e) {
            assertThat(e.problem()).isEqualTo(Problem.NO_SPACE);
            return false;
        }
    }

    @Test
    void twoAgentsOnOneFileNeverPromiseMoreThanThePoolHas() throws Exception {
        try (Ledger other = TestLedgers.in(root, truth);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> done = new ArrayList<>();
            for (Ledger one : List.of(ledger, other)) {
                for (int i = 0; i < 20; i++) {
                    VolumeName name = name("pvc-" + (one == other) + i);
                    done.add(threads.submit(() -> {
                        try {
                            one.reserve(name, Bytes.gib(1), POOL_SIZE);
                        } catch (StorageException e) {
                            assertThat(e.problem()).isEqualTo(Problem.NO_SPACE);
                        }
                    }));
                }
            }
            for (Future<?> call : done) {
                call.get();
            }
            assertThat(ledger.sum()).isEqualTo(POOL_SIZE).isEqualTo(other.sum());
            assertThat(ledger.entries()).hasSize(20).isEqualTo(other.entries());
        }
    }

    @Test
    void kadalusQueriesReadIt() throws SQLException {
        ledger.reserve(A, Bytes.gib(1), POOL_SIZE);
        ledger.reserve(B, Bytes.gib(3), POOL_SIZE);
        ledger.total(Bytes.gib(10));
        ledger.total(POOL_SIZE);
        assertThat(query("select size from summary")).containsExactly(POOL_SIZE.value());
        assertThat(query("select count(pvname), sum(size), min(size), avg(size), max(size) from pv_stats"))
                .containsExactly(
                        2L,
                        Bytes.gib(4).value(),
                        Bytes.gib(1).value(),
                        Bytes.gib(2).value(),
                        Bytes.gib(3).value());
        assertThat(query("select volname = 'p1', created_at = '2026-11-23 15:00:00' from summary"))
                .containsExactly(1L, 1L);
        // xxhsum -H64
        assertThat(query("select hash = 'd24ec4f1a98c6e5b' from pv_stats where pvname = 'a'"))
                .isEmpty();
        ledger.reserve(name("a"), Bytes.gib(1), POOL_SIZE);
        assertThat(query("select hash = 'd24ec4f1a98c6e5b' from pv_stats where pvname = 'a'"))
                .containsExactly(1L);
    }

    @Test
    void rowsOfKadaluAreCountedWhateverTheyHold() throws SQLException {
        ledger.sum();
        execute("insert into pv_stats (pvname, hash, size) values ('old', 'x', 1073741824)");
        execute("insert into pv_stats (pvname, size, created_at) values ('real', 1e9, 1.5)");
        execute("insert into pv_stats (pvname, size) values ('none', null), ('minus', -5), ('../x', 7)");
        assertThat(ledger.sum().value()).isEqualTo(1_073_741_824L + 1_000_000_000L + 7);
        assertThat(ledger.entries())
                .extracting(LedgerEntry::name)
                .doesNotContain(A)
                .hasSize(4);
    }

    @Test
    void aFileThatIsNoDatabaseIsSetAsideAndRebuilt() throws IOException {
        ledger.close();
        Files.writeString(root.resolve("stat.db"), "this is no database, and long enough to be looked at".repeat(99));
        truth.put(A, Bytes.gib(2));
        ledger = TestLedgers.in(root, truth);
        assertThat(ledger.entries()).extracting(LedgerEntry::name).containsExactly(A);
        assertThat(root).isDirectoryContaining("glob:**/stat.db.corrupt-20261123T150000.000Z");
    }

    @Test
    void aFileThatIsDamagedWhileOpenIsRebuiltAndForgetsNoReservation() throws IOException {
        truth.put(A, Bytes.gib(2));
        ledger.reserve(B, Bytes.gib(3), POOL_SIZE);
        assertThat(ledger.sum()).isEqualTo(Bytes.gib(5));
        Files.writeString(root.resolve("stat.db"), "damaged".repeat(5000));
        assertThat(ledger.sum()).isEqualTo(Bytes.gib(5));
        assertThat(ledger.find(B)).isPresent();
        assertThat(root).isDirectoryContaining("glob:**/stat.db.corrupt-*");
    }

    @Test
    void anEmptyFileAndAMissingOneAreRebuilt() throws IOException {
        truth.put(A, Bytes.gib(2));
        Files.createFile(root.resolve("stat.db"));
        assertThat(ledger.sum()).isEqualTo(Bytes.gib(2));
        ledger.close();
        Files.delete(root.resolve("stat.db"));
        ledger = TestLedgers.in(root, truth);
        assertThat(ledger.sum()).isEqualTo(Bytes.gib(2));
        assertThat(root).isDirectoryNotContaining("glob:**/stat.db.corrupt-*");
    }

    @Test
    void aFileThatIsReplacedUnderARunningAgentIsFoundAtTheNextCall() throws IOException {
        ledger.reserve(A, Bytes.gib(2), POOL_SIZE);
        Files.move(root.resolve("stat.db"), root.resolve("elsewhere"));
        try (Ledger other = TestLedgers.in(root, Map.of(A, Bytes.gib(2)))) {
            other.reserve(B, Bytes.gib(1), POOL_SIZE);
        }
        assertThat(ledger.sum()).isEqualTo(Bytes.gib(3));
    }

    @Test
    void whenTheTruthCannotBeReadNothingIsWrittenAndTheNextCallTriesAgain() {
        AtomicReference<StorageException> down =
                new AtomicReference<>(new StorageException(Problem.UNAVAILABLE, "pool p1 is not mounted"));
        try (Ledger other = Ledger.of(
                POOL,
                () -> root,
                () -> {
                    StorageException problem = down.get();
                    if (problem != null) {
                        throw problem;
                    }
                    return Map.of(A, Bytes.gib(2));
                },
                CLOCK,
                TestLedgers.DEADLINE)) {
            assertRefused(Problem.UNAVAILABLE, other::sum, "not mounted");
            down.set(null);
            assertThat(other.sum()).isEqualTo(Bytes.gib(2));
        }
    }

    @Test
    void aPoolThatIsNotMountedIsUnavailableUntilItIs() {
        AtomicReference<Path> mounted = new AtomicReference<>();
        try (Ledger other = Ledger.of(
                POOL,
                () -> {
                    if (mounted.get() == null) {
                        throw new StorageException(Problem.UNAVAILABLE, "pool p1 is not mounted");
                    }
                    return mounted.get();
                },
                Map::of,
                CLOCK,
                TestLedgers.DEADLINE)) {
            assertRefused(Problem.UNAVAILABLE, () -> other.reserve(A, Bytes.gib(1), POOL_SIZE), "not mounted");
            mounted.set(root);
            assertThat(other.reserve(A, Bytes.gib(1), POOL_SIZE).fresh()).isTrue();
        }
    }

    @Test
    void aCallerIsNotKeptBeyondItsDeadlineAndItsCallIsNotMadeLater() throws Exception {
        CountDownLatch hanging = new CountDownLatch(1);
        CountDownLatch released = new CountDownLatch(1);
        try (Ledger other = Ledger.of(
                POOL,
                () -> {
                    hanging.countDown();
                    awaitIgnoringInterrupts(released);
                    return root;
                },
                Map::of,
                CLOCK,
                Duration.ofMillis(50))) {
            assertRefused(Problem.UNAVAILABLE, () -> other.reserve(A, Bytes.gib(1), POOL_SIZE), "within 50 ms");
            hanging.await();
            assertRefused(Problem.UNAVAILABLE, () -> other.reserve(B, Bytes.gib(1), POOL_SIZE));
            released.countDown();
            assertThat(ledger.find(B)).isEmpty();
        }
    }

    private static void awaitIgnoringInterrupts(CountDownLatch latch) {
        boolean waiting = true;
        while (waiting) {
            try {
                latch.await();
                waiting = false;
            } catch (InterruptedException e) {
                // a thread that hangs in the kernel does not hear it either
            }
        }
    }

    @Test
    void aClosedLedgerIsUnavailable() {
        ledger.close();
        assertRefused(Problem.UNAVAILABLE, ledger::sum, "closed");
    }

    private static void assertRefused(Problem problem, ThrowingCallable call, String... words) {
        assertThatThrownBy(call).isInstanceOfSatisfying(StorageException.class, e -> {
            assertThat(e.problem()).isEqualTo(problem);
            assertThat(e.getMessage()).contains("pool p1");
            for (String word : words) {
                assertThat(e.getMessage()).contains(word);
            }
        });
    }

    private List<Long> query(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + root.resolve("stat.db"));
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            List<Long> values = new ArrayList<>();
            while (row.next()) {
                for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
                    values.add(row.getLong(i));
                }
            }
            return values;
        }
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + root.resolve("stat.db"));
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
