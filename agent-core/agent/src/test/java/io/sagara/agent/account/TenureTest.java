package io.sagara.agent.account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sagara.spi.Bytes;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TenureTest {
    private static final long START = 1_000_000_000_000L;

    @TempDir
    private Path root;

    private final Tenure tenure = new Tenure();
    private StatDb db;

    @BeforeEach
    void open() throws SQLException {
        db = StatDb.open(root.resolve("stat.db"));
        db.begin(true);
        db.createTables();
        db.commit();
    }

    @AfterEach
    void close() throws SQLException {
        db.close();
    }

    @Test
    void locksAreKeptOnlyWhereTransactionsFollowCloselyAndGoneWhenTheyEnd() throws SQLException {
        transactAt(START);
        read();
        transactAt(START + Tenure.IDLE.toNanos() + 1);
        read();
        transactAt(START + Tenure.IDLE.toNanos() + 2);
        assertThat(tenure.held()).isTrue();
        assertThatThrownBy(this::read).isInstanceOf(SQLException.class).hasMessageContaining("locked");
        tenure.end(db, START + Tenure.IDLE.toNanos() + 3);
        assertThat(tenure.held()).isFalse();
        read();
    }

    @Test
    void afterAWhileOthersHaveTheirTurnHoweverCloselyTransactionsFollow() throws SQLException {
        Duration step = Tenure.IDLE.dividedBy(2);
        long now = START;
        boolean end = transactAt(now);
        while (!end) {
            assertThat(now).isLessThan(START + Tenure.MOST.plus(Tenure.IDLE).toNanos());
            now += step.toNanos();
            end = transactAt(now);
        }
        tenure.end(db, now);
        for (long later = now; later < now + Tenure.PAUSE.toNanos(); later += step.toNanos()) {
            transactAt(later);
            assertThat(tenure.held()).isFalse();
            read();
        }
        transactAt(now + Tenure.PAUSE.toNanos());
        assertThat(tenure.held()).isTrue();
    }

    @Test
    void aProgramThatWaitsGetsTheFileOfALedgerThatIsNeverIdle() throws Exception {
        db.close();
        AtomicBoolean enough = new AtomicBoolean();
        try (Ledger ledger = TestLedgers.in(root, Map.of());
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Integer> busy = threads.submit(() -> {
                int made = 0;
                while (!enough.get()) {
                    ledger.reserve(TestLedgers.name("v" + made++), Bytes.mib(1), Bytes.gib(1000));
                }
                return made;
            });
            try (Connection other = connect(3_000)) {
                for (int i = 0; i < 5; i++) {
                    run(other, "INSERT INTO pv_stats (pvname, size) VALUES ('other" + i + "', 1)");
                }
            } finally {
                enough.set(true);
            }
            assertThat(ledger.count()).isEqualTo(busy.get() + 5);
        }
    }

    /// Whether the locks should be given up after it.
    private boolean transactAt(long now) throws SQLException {
        tenure.before(db, now);
        db.begin(true);
        db.put(TestLedgers.name("v"), "h", new Bytes(now), TestLedgers.CLOCK.instant(), "");
        db.commit();
        return tenure.after(now);
    }

    private void read() throws SQLException {
        try (Connection other = connect(0)) {
            run(other, "SELECT count(*) FROM pv_stats");
        }
    }

    private Connection connect(int patienceMillis) throws SQLException {
        return DriverManager.getConnection(
                "jdbc:sqlite:" + root.resolve("stat.db") + "?busy_timeout=" + patienceMillis);
    }

    private static void run(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
