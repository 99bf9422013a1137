package io.sagara.agent.volume.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sagara.agent.file.CrashingChanges;
import io.sagara.agent.posix.MountTree;
import io.sagara.spi.Bytes;
import io.sagara.spi.Provisioning;
import io.sagara.spi.StorageException;
import io.sagara.spi.Volume;
import io.sagara.spi.VolumeName;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The machine dies at every step of every call; what is there then is put right, or the call is repeated.
class SubdirCrashTest {
    private static final VolumeName NAME = new VolumeName("pvc-6b3f5d8a-9a2a-4cbd-8d55-95c80d1ae06f");
    private static final VolumeName NEIGHBOUR = new VolumeName("neighbour");
    private static final VolumeName SOURCE = new VolumeName("source");
    private static final Bytes OLD = Bytes.mib(64);
    private static final Bytes NEW = Bytes.mib(100);
    private static final String FILE = "subvol/0b/5f/" + NAME + "/file";
    private static final String ARCHIVED_FILE = "subvol/0b/5f/archived-" + NAME + "/file";

    @TempDir
    private Path directory;

    private final SubdirProvisioning healthy = new SubdirProvisioning();

    /// Something that changes a pool.
    private interface Call {
        void on(SubdirProvisioning provisioning, FakePoolMount mount);
    }

    @Test
    void aCreateThatIsCutShortLeavesAVolumeOrNothing() throws IOException {
        everyStep(
                "create",
                mount -> {},
                (it, mount) -> it.create(mount, NAME, Volume.Kind.SUBVOL, OLD),
                (mount, done) -> {
                    Found found = settled(mount);
                    if (done || found.volumes().containsKey(NAME)) {
                        assertThat(found.volumes()).containsEntry(NAME, OLD);
                    }
                });
    }

    @Test
    void aCopyThatIsCutShortLeavesTheWholeVolumeOrNothing() throws IOException {
        requireCopies();
        everyStep("copy", this::source, (it, mount) -> it.copy(mount, SOURCE, NAME, NEW, () -> {}), (mount, done) -> {
            Found found = settled(mount);
            assertThat(found.volumes()).containsEntry(SOURCE, OLD);
            boolean there = found.volumes().containsKey(NAME);
            assertThat(there || !done).isTrue();
            if (there) {
                assertThat(found.volumes()).containsEntry(NAME, NEW);
                assertCopied(mount);
            }
            assertThat(mount.root().resolve(".sagara-making"))
                    .satisfiesAnyOf(
                            making -> assertThat(making).doesNotExist(),
                            making -> assertThat(making).isEmptyDirectory());
            // what was begun is no more than trash
            healthy.purge(mount);
            healthy.copy(mount, SOURCE, NAME, NEW, () -> {});
            assertCopied(mount);
        });
    }

    @Test
    void aSnapshotThatIsCutShortIsWholeOrNothing() throws IOException {
        requireCopies();
        everyStep(
                "snapshot",
                this::source,
                (it, mount) -> it.snapshot(mount, SOURCE, NAME, OLD, () -> {}),
                (mount, done) -> {
                    Found found = settled(mount);
                    assertThat(found.volumes()).containsEntry(SOURCE, OLD);
                    Optional<Provisioning.Snapshot> snapshot = healthy.findSnapshot(mount, NAME);
                    assertThat(found.volumes().containsKey(NAME)).isEqualTo(snapshot.isPresent());
                    assertThat(snapshot.isPresent() || !done).isTrue();
                    snapshot.ifPresent(it -> assertWhole(mount, it));
                    healthy.purge(mount);
                    assertWhole(mount, healthy.snapshot(mount, SOURCE, NAME, OLD, () -> {}));
                    assertThat(mount.root().resolve("info/snapshot")).doesNotExist();
                });
    }

    private static void assertWhole(FakePoolMount mount, Provisioning.Snapshot snapshot) {
        assertThat(snapshot.source()).isEqualTo(SOURCE);
        assertThat(snapshot.content()).isEqualTo(Volume.Kind.SUBVOL);
        Path data = mount.root().resolve(snapshot.volume().path());
        assertThat(data.resolve("file")).hasContent("data");
        assertThat(mount.limit(data)).contains(OLD);
    }

    @Test
    void aRestoreThatIsCutShortLeavesTheWholeVolumeOrNothing() throws IOException {
        requireCopies();
        VolumeName kept = new VolumeName("kept");
        everyStep(
                "restore",
                mount -> {
                    source(mount);
                    healthy.snapshot(mount, SOURCE, kept, OLD, () -> {});
                    healthy.delete(mount, SOURCE);
                },
                (it, mount) -> it.copy(mount, kept, NAME, NEW, () -> {}),
                (mount, done) -> {
                    Found found = settled(mount);
                    assertThat(found.volumes()).containsEntry(kept, OLD);
                    assertThat(found.volumes().containsKey(NAME) || !done).isTrue();
                    healthy.copy(mount, kept, NAME, NEW, () -> {});
                    assertCopied(mount);
                });
    }

    @Test
    void aDeleteOfASnapshotThatIsCutShortLeavesTheWholeSnapshotOrNothing() throws IOException {
        requireCopies();
        everyStep(
                "delete snapshot",
                mount -> {
                    source(mount);
                    healthy.snapshot(mount, SOURCE, NAME, OLD, () -> {});
                },
                (it, mount) -> it.delete(mount, NAME),
                (mount, done) -> {
                    Found found = settled(mount);
                    assertThat(found.volumes().containsKey(NAME) && done).isFalse();
                    healthy.findSnapshot(mount, NAME).ifPresent(it -> assertWhole(mount, it));
                    healthy.delete(mount, NAME);
                    healthy.purge(mount);
                    assertThat(mount.root().resolve(".sagara-trash")).isEmptyDirectory();
                    assertThat(mount.root().resolve(FILE)).doesNotExist();
                });
    }

    @Test
    void aCopyThatOnlyFailsCanBeRepeatedAndLeaksNothing() throws IOException {
        requireCopies();
        int step = 1;
        for (boolean failing = true; failing; step++) {
            FakePoolMount mount = pool("failing copy" + step);
            source(mount);
            CrashingChanges changes = CrashingChanges.failingAt(step);
            failing = dies(
                    new SubdirProvisioning(changes),
                    mount,
                    changes,
                    (it, m) -> it.copy(m, SOURCE, NAME, NEW, () -> {}));
            healthy.copy(mount, SOURCE, NAME, NEW, () -> {});
            assertThat(settled(mount).volumes()).containsEntry(NAME, NEW);
            assertCopied(mount);
        }
    }

    private static void assertCopied(FakePoolMount mount) {
        Path data = mount.root().resolve(FILE);
        assertThat(data).hasContent("data");
        assertThat(mount.limit(data.resolveSibling(""))).contains(NEW);
    }

    private void requireCopies() {
        try (MountTree tree = MountTree.of(directory)) {
            assertThat(tree.path()).exists();
        } catch (IOException e) {
            assumeTrue(false, "SKIPPED: this user may not copy mounts: " + e.getMessage());
        }
    }

    private void source(FakePoolMount mount) {
        Volume made = healthy.create(mount, SOURCE, Volume.Kind.SUBVOL, OLD);
        try {
            Files.writeString(mount.root().resolve(made.path()).resolve("file"), "data");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void anExpandThatIsCutShortLeavesNoLimitAboveTheSize() throws IOException {
        everyStep("expand", this::filled, (it, mount) -> it.expand(mount, NAME, NEW), (mount, done) -> {
            Bytes size = settled(mount).volumes().get(NAME);
            assertThat(size).isIn(done ? Set.of(NEW) : Set.of(OLD, NEW));
            assertThat(mount.limit(mount.root().resolve(FILE).resolveSibling(""))
                            .orElseThrow())
                    .isLessThanOrEqualTo(size);
            assertThat(mount.root().resolve(FILE)).exists();
        });
    }

    @Test
    void aDeleteThatIsCutShortLeavesTheWholeVolumeOrNothing() throws IOException {
        everyStep("delete", this::filled, (it, mount) -> it.delete(mount, NAME), (mount, done) -> {
            Found found = settled(mount);
            if (done || !found.volumes().containsKey(NAME)) {
                assertThat(found.volumes()).doesNotContainKey(NAME);
                assertThat(mount.root().resolve(FILE)).doesNotExist();
                healthy.purge(mount);
                assertThat(mount.root().resolve(".sagara-trash")).isEmptyDirectory();
            } else {
                assertThat(mount.root().resolve(FILE)).exists();
            }
        });
    }

    @Test
    void anArchiveThatIsCutShortLosesNothing() throws IOException {
        everyStep("archive", this::filled, (it, mount) -> it.archive(mount, NAME), (mount, done) -> {
            Found found = settled(mount);
            boolean archived = found.archived().containsKey(NAME);
            assertThat(archived || !done).isTrue();
            assertThat(found.volumes().containsKey(NAME)).isNotEqualTo(archived);
            assertThat(mount.root().resolve(archived ? ARCHIVED_FILE : FILE)).hasContent("data");
        });
    }

    @Test
    void anArchivedVolumeThatComesBackIsOneOrTheOtherAtEveryStep() throws IOException {
        everyStep("unarchive", this::archived, (it, mount) -> it.restore(mount, NAME), (mount, done) -> {
            Found found = settled(mount);
            boolean back = found.volumes().containsKey(NAME);
            assertThat(back || !done).isTrue();
            assertThat(found.archived().containsKey(NAME)).isNotEqualTo(back);
            assertThat(mount.root().resolve(back ? FILE : ARCHIVED_FILE)).hasContent("data");
        });
    }

    @Test
    void aDeletedVolumeThatComesBackIsOneOrTheOtherAtEveryStep() throws IOException {
        everyStep("undelete", this::deleted, (it, mount) -> it.restore(mount, NAME), (mount, done) -> {
            Found found = settled(mount);
            boolean back = found.volumes().containsKey(NAME);
            assertThat(back || !done).isTrue();
            assertThat(healthy.findDeleted(mount, NAME).isPresent()).isNotEqualTo(back);
            if (!back) {
                healthy.restore(mount, NAME);
            }
            assertThat(mount.root().resolve(FILE)).hasContent("data");
            assertThat(mount.limit(mount.root().resolve(FILE).resolveSibling("")))
                    .contains(OLD);
        });
    }

    @Test
    void anArchivedVolumeThatIsDeletedIsOneOrTheOtherAtEveryStep() throws IOException {
        everyStep("purge archived", this::archived, (it, mount) -> it.deleteArchived(mount, NAME), (mount, done) -> {
            Found found = settled(mount);
            boolean archived = found.archived().containsKey(NAME);
            assertThat(archived && done).isFalse();
            assertThat(healthy.findDeleted(mount, NAME).isPresent()).isNotEqualTo(archived);
            healthy.restore(mount, NAME);
            assertThat(mount.root().resolve(FILE)).hasContent("data");
        });
    }

    @Test
    void aPurgeThatIsCutShortLeavesWhatCanComeBackWhole() throws IOException {
        everyStep("purge", this::deleted, SubdirProvisioning::purge, (mount, done) -> {
            if (healthy.findDeleted(mount, NAME).isPresent()) {
                assertThat(done).isFalse();
                healthy.restore(mount, NAME);
                assertThat(mount.root().resolve(FILE)).hasContent("data");
            } else {
                healthy.purge(mount);
                assertThat(mount.root().resolve(".sagara-trash")).isEmptyDirectory();
            }
            settled(mount);
        });
    }

    @Test
    void aVolumeMadeAgainAfterACutShortDeleteHasNoneOfTheOldFiles() throws IOException {
        everyStep("recreate", this::filled, (it, mount) -> it.delete(mount, NAME), (mount, done) -> {
            if (healthy.find(mount, NAME).isEmpty()) {
                healthy.create(mount, NAME, Volume.Kind.SUBVOL, NEW);
                assertThat(mount.root().resolve(FILE)).doesNotExist();
                healthy.purge(mount);
                assertThat(settled(mount).volumes()).containsEntry(NAME, NEW);
            }
        });
    }

    @Test
    void aCreateThatOnlyFailsCanBeRepeatedAndLeaksNothing() throws IOException {
        int step = 1;
        for (boolean failing = true; failing; step++) {
            FakePoolMount mount = pool("failing" + step);
            CrashingChanges changes = CrashingChanges.failingAt(step);
            failing = dies(
                    new SubdirProvisioning(changes),
                    mount,
                    changes,
                    (it, m) -> it.create(m, NAME, Volume.Kind.SUBVOL, OLD));
            healthy.create(mount, NAME, Volume.Kind.SUBVOL, OLD);
            assertThat(settled(mount).volumes()).containsEntry(NAME, OLD);
        }
    }

    private interface Check {
        void after(FakePoolMount mount, boolean done);
    }

    /// Lets `call` die at its first, second, … step until it does not, and looks at what is left, both after the
    /// recovery and after the call was repeated instead.
    private void everyStep(String what, Consumer<FakePoolMount> before, Call call, Check check) throws IOException {
        int step = 1;
        for (boolean dying = true; dying; step++) {
            for (boolean repeated : new boolean[] {false, true}) {
                FakePoolMount mount = pool(what + step + repeated);
                before.accept(mount);
                CrashingChanges changes = CrashingChanges.dyingAt(step);
                dying = dies(new SubdirProvisioning(changes), mount, changes, call);
                mount.beforeLimit(() -> {});
                if (repeated) {
                    call.on(healthy, mount);
                }
                check.after(mount, repeated || !dying);
            }
        }
        assertThat(step).as("steps of %s", what).isGreaterThan(2);
    }

    private static boolean dies(SubdirProvisioning dying, FakePoolMount mount, CrashingChanges changes, Call call) {
        mount.beforeLimit(changes::limit);
        try {
            call.on(dying, mount);
            return false;
        } catch (StorageException e) {
            assertThat(changes.reached()).isTrue();
            return true;
        } finally {
            mount.beforeLimit(() -> {});
        }
    }

    private FakePoolMount pool(String name) throws IOException {
        FakePoolMount mount = new FakePoolMount("p1", Files.createDirectory(directory.resolve(name)));
        healthy.create(mount, NEIGHBOUR, Volume.Kind.SUBVOL, OLD);
        return mount;
    }

    private void filled(FakePoolMount mount) {
        healthy.create(mount, NAME, Volume.Kind.SUBVOL, OLD);
        try {
            Files.writeString(mount.root().resolve(FILE), "data");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void archived(FakePoolMount mount) {
        filled(mount);
        healthy.archive(mount, NAME);
    }

    private void deleted(FakePoolMount mount) {
        filled(mount);
        healthy.delete(mount, NAME);
    }

    /// Recovers everything that is left over; then nothing may be, and nothing may be hidden.
    private Found settled(FakePoolMount mount) {
        Found first = Found.in(healthy, mount);
        assertThat(first.broken()).isEmpty();
        first.leftovers().forEach(name -> healthy.recover(mount, name));
        Found found = Found.in(healthy, mount);
        assertThat(found.broken()).isEmpty();
        assertThat(found.leftovers()).isEmpty();
        assertThat(found.volumes()).containsEntry(NEIGHBOUR, OLD);
        assertThat(data(mount)).isEqualTo(expected(found));
        return found;
    }

    private static Set<String> expected(Found found) {
        Set<String> names = new TreeSet<>();
        found.volumes().keySet().forEach(name -> names.add(name.value()));
        found.archived().keySet().forEach(name -> names.add("archived-" + name));
        return names;
    }

    private static Set<String> data(FakePoolMount mount) {
        Set<String> names = new TreeSet<>();
        try {
            for (String kind : List.of("subvol", "snapshot")) {
                Path top = mount.root().resolve(kind);
                if (!Files.isDirectory(top)) {
                    continue;
                }
                try (Stream<Path> entries = Files.walk(top, 3)) {
                    entries.filter(entry -> top.relativize(entry).getNameCount() == 3)
                            .forEach(entry -> names.add(entry.getFileName().toString()));
                }
            }
            return names;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
