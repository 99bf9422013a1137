package io.sagara.agent.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sagara.agent.account.Ledger;
import io.sagara.agent.account.LedgerEntry;
import io.sagara.agent.posix.MountTree;
import io.sagara.agent.volume.disk.SubdirProvisioning;
import io.sagara.spi.Bytes;
import io.sagara.spi.PoolMount;
import io.sagara.spi.Problem;
import io.sagara.spi.Provisioning;
import io.sagara.spi.StorageException;
import io.sagara.spi.Volume;
import io.sagara.spi.VolumeName;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Two agents with one pool, of which one copies a volume and takes long for it.
@Timeout(60)
class CopyTakeOverTest {
    private static final VolumeName SOURCE = new VolumeName("source");
    private static final VolumeName NAME = new VolumeName("pvc-1");
    private static final Bytes SIZE = Bytes.mib(8);
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    private Path directory;

    private final List<AutoCloseable> open = new ArrayList<>();
    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch goOn = new CountDownLatch(1);
    private PlainAccess healthy;
    private PlainAccess slow;

    @BeforeEach
    void makeTheSource() throws IOException {
        try (MountTree tree = MountTree.of(directory)) {
            assertThat(tree.path()).exists();
        } catch (IOException e) {
            assumeTrue(false, "SKIPPED: this user may not copy mounts: " + e.getMessage());
        }
        healthy = new PlainAccess(directory, PoolAccess.Reclaim.DELETE, false);
        slow = new PlainAccess(directory, PoolAccess.Reclaim.DELETE, false, held());
        Volume source = agent(healthy, "maker").create(SOURCE, Volume.Kind.SUBVOL, SIZE);
        Files.writeString(healthy.path(source.path().toString(), "file"), "data");
    }

    @AfterEach
    void close() throws Exception {
        goOn.countDown();
        for (AutoCloseable one : open) {
            one.close();
        }
    }

    /// The real one, whose copies wait between the mark and the first byte.
    private Provisioning held() {
        SubdirProvisioning real = new SubdirProvisioning();
        return (Provisioning) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Provisioning.class}, (_, method, arguments) -> {
                    if (method.getName().equals("copy")) {
                        arguments[4] = waiting((Runnable) arguments[4]);
                    }
                    try {
                        return method.invoke(real, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private Runnable waiting(Runnable granted) {
        return () -> {
            granted.run();
            begun.countDown();
            try {
                goOn.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new StorageException(Problem.UNAVAILABLE, "interrupted", e);
            }
        };
    }

    private PoolVolumeSet agent(PoolAccess access, String name) {
        PoolVolumeSet set = new PoolVolumeSet(access, name, InstantSource.system());
        set.open();
        open.add(set::close);
        return set;
    }

    private Optional<LedgerEntry> row() throws IOException {
        try (Ledger ledger = Ledger.of(
                healthy.pool().name(),
                "looker",
                () -> healthy.mount().root(),
                Map::of,
                InstantSource.system(),
                Duration.ofSeconds(10))) {
            return ledger.find(NAME);
        }
    }

    /// What the agent `a` is told that copies, from the moment on at which it has begun.
    private Future<Volume> copying() throws InterruptedException {
        PoolVolumeSet a = agent(slow, "a");
        CompletableFuture<Volume> answer = new CompletableFuture<>();
        Thread.ofPlatform().daemon().name("request").start(() -> {
            // a request ends before the copy does
            while (!answer.isDone()) {
                try {
                    answer.complete(a.copy(SOURCE, NAME, SIZE));
                } catch (StorageException e) {
                    if (e.problem() != Problem.BUSY) {
                        answer.completeExceptionally(e);
                    }
                }
            }
        });
        begun.await();
        return answer;
    }

    private static void assertBusy(PoolVolumeSet agent) {
        assertThatThrownBy(() -> agent.copy(SOURCE, NAME, SIZE))
                .isInstanceOfSatisfying(
                        StorageException.class, e -> assertThat(e.problem()).isEqualTo(Problem.BUSY));
    }

    private static void look(PoolVolumeSet agent) {
        for (int i = 0; i < Settlement.TAKE_OVER; i++) {
            agent.tend();
        }
    }

    private String sign() {
        PoolMount mount = healthy.mount();
        return healthy.provisioning().signOfLife(mount, NAME).orElseThrow();
    }

    private void awaitAnotherSign() throws InterruptedException {
        String before = sign();
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (sign().equals(before)) {
            assertThat(System.nanoTime()).as("the mark is renewed").isLessThan(end);
            TimeUnit.MILLISECONDS.sleep(50);
        }
    }

    private void takeOver(PoolVolumeSet b) {
        Optional<Volume> taken = Optional.empty();
        while (taken.isEmpty()) {
            // as if the time went by that it needs, in which the other agent shows nothing
            look(b);
            try {
                taken = Optional.of(b.copy(SOURCE, NAME, SIZE));
            } catch (StorageException e) {
                assertThat(e.problem()).isEqualTo(Problem.BUSY);
            }
        }
    }

    private Path data() {
        return healthy.path(healthy.provisioning()
                .find(healthy.mount(), NAME)
                .orElseThrow()
                .path()
                .toString());
    }

    @Test
    void aCopyThatIsAliveIsNotTakenOverHoweverLongItTakes() throws Exception {
        Future<Volume> answer = copying();
        PoolVolumeSet b = agent(healthy, "b");
        assertBusy(b);
        for (int i = 0; i < 2; i++) {
            awaitAnotherSign();
            look(b);
            assertBusy(b);
        }
        assertThat(row().map(LedgerEntry::writer)).contains("a");
        goOn.countDown();
        Volume made = answer.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        assertThat(b.copy(SOURCE, NAME, SIZE)).isEqualTo(made);
        assertThat(data().resolve("file")).hasContent("data");
        assertThat(healthy.provisioning().signOfLife(healthy.mount(), NAME)).isEmpty();
    }

    @Test
    void aCopyThatWasTakenOverAndGoesOnWritesNothingIntoTheNewOne() throws Exception {
        Future<Volume> answer = copying();
        takeOver(agent(healthy, "b"));
        Files.writeString(data().resolve("file"), "of the pod that uses the new one");
        goOn.countDown();
        assertThatThrownBy(() -> answer.get(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class);
        assertThat(data().resolve("file")).hasContent("of the pod that uses the new one");
        assertThat(row().map(LedgerEntry::writer)).contains("b");
        assertThat(row().map(LedgerEntry::size)).contains(SIZE);
    }

    @Test
    void aCopyThatWasTakenOverEndsByItself() throws Exception {
        Future<Volume> answer = copying();
        takeOver(agent(healthy, "b"));
        assertThatThrownBy(() -> answer.get(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .hasMessageContaining("taken the name over");
        assertThat(data().resolve("file")).hasContent("data");
        assertThat(row().map(LedgerEntry::writer)).contains("b");
    }
}
