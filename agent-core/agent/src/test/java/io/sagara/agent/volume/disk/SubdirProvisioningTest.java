package io.sagara.agent.volume.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sagara.spi.Bytes;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import io.sagara.spi.Volume;
import io.sagara.spi.VolumeName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SubdirProvisioningTest {
    private static final VolumeName NAME = new VolumeName("pvc-6b3f5d8a-9a2a-4cbd-8d55-95c80d1ae06f");
    private static final VolumeName OTHER = new VolumeName("other");
    private static final String PLACE = "subvol/0b/5f/" + NAME;
    private static final Volume.Kind SUBVOL = Volume.Kind.SUBVOL;

    @TempDir
    private Path root;

    private final SubdirProvisioning provisioning = new SubdirProvisioning();
    private FakePoolMount mount;

    @BeforeEach
    void mount() {
        mount = new FakePoolMount("p1", root);
    }

    @Test
    void theFirstTwoDeletesAtTheSameTimeLeaveNoInfoFile() throws IOException {
        provisioning.create(mount, NAME, SUBVOL, Bytes.mib(64));
        new SubdirProvisioning(new SlowerChanges()).delete(mount, NAME);
        assertThat(root.resolve("info/" + PLACE + ".json")).doesNotExist();
        assertThat(root.resolve(PLACE)).doesNotExist();
        assertThat(Found.in(provisioning, mount).volumes()).isEmpty();
    }

    @Test
    void aVolumeIsADirectoryWithALimitAndAnInfoFile() throws IOException {
        Volume made = provisioning.create(mount, NAME, SUBVOL, Bytes.mib(64));
        assertThat(made).isEqualTo(new Volume(NAME, SUBVOL, Bytes.mib(64), Path.of(PLACE)));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(root.resolve(PLACE))))
                .isEqualTo("rwxr-xr-x");
        assertThat(mount.limit(root.resolve(PLACE))).contains(Bytes.mib(64));
        assertThat(root.resolve("info/" + PLACE + ".json"))
                .hasContent("{\"size\": 67108864, \"path_prefix\": \"subvol/0b/5f\"}");
        assertThat(provisioning.find(mount, NAME)).contains(made);
    }

    @Test
    void makingItAgainSucceedsAndPutsALostLimitBack() {
        provisioning.create(mount, NAME, SUBVOL, Bytes.mib(64));
        mount.unlimit(root.resolve(PLACE));
        provisioning.create(mount, NAME, SUBVOL, Bytes.mib(64));
        assertThat(mount.limit(root.resolve(PLACE))).contains(Bytes.mib(64));
    }

    @Test
    void makingItAgainWithAnotherSizeIsRefused() {
        provisioning.create(mount, NAME, SUBVOL, Bytes.mib(64));
        assertRefused(
                Problem.ALREADY_EXISTS,
                () -> provisioning.create(mount, NAME, SUBVOL, Bytes.mib(65)),
                "64 MiB",
                "65 MiB");
        assertThat(mount.limit(root.resolve(PLACE))).contains(Bytes.mib(64));
    }

    @Test
    void whereTheLimitIsNotTakenThereIsNoVolume() {
        mount.beforeLimit(() -> {
            throw new StorageException(Problem.UNAVAILABLE, "quotad is down");
        });
        assertThatThrownBy(() -> provisioning.create(mount, NAME, SUBVOL, Bytes.mib(64)))
                .hasMessage("quotad is down");
        assertThat(provisioning.find(mount, NAME)).isEmpty();
        assertThat(root.resolve(PLACE)).doesNotExist();
    }

    @Test
    void whereTheSpaceIsRefusedThereIsNoVolumeAndNothingOfIt() throws IOException {
        StorageException refusal = new StorageException(Problem.NO_SPACE, "the pool is full");
        assertThatThrownBy(() -> provisioning.create(mount, NAME, SUBVOL, Bytes.mib(64), () -> {
                    throw refusal;
                }))
                .isSameAs(refusal);
        assertThat(files()).isEmpty();
        assertThat(root.resolve(PLACE)).doesNotExist();
        assertThat(Found.in(provisioning, mount)).isEqualTo(nothing());
    }

    @Test
    void untilTheSpaceIsGrantedThereIsNoVolume() {
        List<Optional<Volume>> found = new ArrayList<>();
        Volume made = provisioning.create(
                mount, NAME, SUBVOL, Bytes.mib(64), () -> found.add(provisioning.find(mount, NAME)));
        assertThat(found).containsExactly(Optional.empty());
        assertThat(provisioning.find(mount, NAME)).contains(made);
    }

    @Test
    void anExistingVolumeWaitsForItsReservationToo() {
        provisioning.create(mount, NAME, SUBVOL, Bytes.mib(64));
        StorageException away = new StorageException(Problem.UNAVAILABLE, "stat.db is away");
        assertThatThrownBy(() -> provisioning.create(mount, NAME, SUBVOL, Bytes.mib(64), () -> {
                    throw away;
                }))
                .isSameAs(away);
        assertThat(provisioning.find(mount, NAME)).map(Volume::size).contains(Bytes.mib(64));
    }

    @Test
    void expandingRaisesTheSizeAndTheLimitAndNeverLowersThem() {
        provisioning.create(mount, NAME, SUBVOL, Bytes.mib(64));
        assertThat(provisioning.expand(mount, NAME, Bytes.mib(100)).size()).isEqualTo(Bytes.mib(100));
        assertThat(provisioning.expand(mount, NAME, Bytes.mib(10)).size()).isEqualTo(Bytes.mib(100));
        assertThat(provisioning.find(mount, NAME)).map(Volume::size).contains(Bytes.mib(100));
        assertThat(mount.limit(root.resolve(PLACE))).contains(Bytes.mib(100));
        assertRefused(Problem.NOT_FOUND, () -> provisioning.expand(mount, OTHER, Bytes.mib(1)), "other");
    }

    @Test
    void deletingTakesTheDataToTheTrashAndPurgingRemovesEveryTrace() throws IOException {
        provisioning.create(mount, NAME, SUBVOL, Bytes.mib(64));
        Files.writeString(root.resolve(PLACE).resolve("file"), "data");
        provisioning.delete(mount, NAME);
        provisioning.delete(mount, NAME);
        assertThat(provisioning.find(mount, NAME)).isEmpty();
        assertThat(files()).hasSize(3).allMatch(file -> file.startsWith(".sagara-trash/" + NAME + "-"));
        assertThat(Found.in(provisioning, mount)).isEqualTo(nothing());
        provisioning.purge(mount);
        assertThat(files()).isEmpty();
        assertThat(Objects.requireNonNull(root.toFile().list()))
                .containsExactlyInAnyOrder(".sagara-trash", "info", "subvol");
        assertThat(root.resolve("subvol")).isEmptyDirectory();
        assertThat(root.resolve("info/subvol")).isEmptyDirectory();
    }

    @Test
    void aVolumeMadeAgainAfterItWasDeletedIsEmptyAndSurvivesThePurge() throws IOException {
        provisioning.create(mount, NAME, SUBVOL, Bytes.mib(64));
        Files.writeString(root.resolve(PLACE).resolve("file"), "secret");
        provisioning.delete(mount, NAME);
        provisioning.create(mount, NAME, SUBVOL, Bytes.mib(65));
        assertThat(root.resolve(PLACE)).isEmptyDirectory();
        provisioning.purge(mount);
        provisioning.purge(mount);
        assertThat(provisioning.find(mount, NAME)).map(Volume::size).contains(Bytes.mib(65));
        assertThat(root.resolve(PLACE)).isEmptyDirectory();
    }

    @Test
    void aVolumeThatWasMadeAgainIsNotTakenForDeletedLater() throws IOException {
        provisioning.create(mount, NAME, SUBVOL, Bytes.mib(64));
        provisioning.delete(mount, NAME);
        provisioning.create(mount, NAME, SUBVOL, Bytes.mib(64));
        Files.writeString(root.resolve(PLACE).resolve("precious"), "data");
        provisioning.purge(mount);
        assertThat(root.resolve(".sagara-trash")).isEmptyDirectory();

        // with the old one's info file still in the trash, this would be a deletion that was cut short
        try (Stream<Path> infos = Files.walk(root.resolve("info"))) {
            Files.delete(infos.filter(Files::isRegularFile).findFirst().orElseThrow());
        }
        provisioning.recover(mount, NAME);
        assertThat(root.resolve(PLACE).resolve("precious")).hasContent("data");
    }

    @Test
    void purgingFollowsNoSymbolicLink() throws IOException {
        Path outside = Files.createDirectory(root.resolve("outside"));
        Files.writeString(outside.resolve("precious"), "data");
        provisioning.create(mount, NAME, SUBVOL, Bytes.mib(64));
        Files.createSymbolicLink(root.resolve(PLACE).resolve("link"), outside);
        Files.createSymbolicLink(root.resolve(PLACE).resolve("file"), outside.resolve("precious"));
        provisioning.delete(mount, NAME);
        provisioning.purge(mount);
        assertThat(outside.resolve("precious")).hasContent("data");
        assertThat(root.resolve(".sagara-trash")).isEmptyDirectory();
    }

    @Test
    void depthAndNumberOfFilesDoNotStopThePurge() throws IOException {
        provisioning.create(mount, NAME, SUBVOL, Bytes.mib(64));
        Path deep = root.resolve(PLACE);
        for (int i = 0; i < 400; i++) {
            deep = Files.createDirectory(deep.resolve("d"));
        }
        for (int i = 0; i < 2500; i++) {
            Files.createFile(root.resolve(PLACE).resolve("f" + i));
        }
        provisioning.delete(mount, NAME);
        provisioning.purge(mount);
        assertThat(root.resolve(".sagara-trash")).isEmptyDirectory();
    }

    @Test
    void anInterruptedPurgeStopsAndALaterOneGoesOn() throws IOException {
        provisioning.create(mount, NAME, SUBVOL, Bytes.mib(64));
        Files.createFile(root.resolve(PLACE).resolve("file"));
        provisioning.delete(mount, NAME);
        Thread.currentThread().interrupt();
        provisioning.purge(mount);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(files()).hasSize(3);
        provisioning.purge(mount);
        assertThat(files()).isEmpty();
    }

    @Test
    void archivingKeepsDataAndSizeUnderAnotherName() throws IOException {
        provisioning.create(mount, NAME, SUBVOL, Bytes.mib(64));
        Files.writeString(root.resolve(PLACE).resolve("file"), "data");
        provisioning.archive(mount, NAME);
        provisioning.archive(mount, NAME);
        assertThat(provisioning.find(mount, NAME)).isEmpty();
        assertThat(root.resolve("subvol/0b/5f/archived-" + NAME + "/file")).hasContent("data");
        assertThat(root.resolve("info/subvol/0b/5f/archived-" + NAME + ".json")).exists();
        Found found = Found.in(provisioning, mount);
        assertThat(found.archived()).containsOnlyKeys(NAME);
        assertThat(found.volumes()).isEmpty();
        assertThat(found.broken()).isEmpty();
        assertThat(found.leftovers()).isEmpty();
    }

    @Test
    void theNameOfAnArchivedVolumeIsTaken() {
        provisioning.create(mount, NAME, SUBVOL, Bytes.mib(64));
        provisioning.archive(mount, NAME);
        assertRefused(
                Problem.ALREADY_EXISTS,
                () -> provisioning.create(mount, NAME, SUBVOL, Bytes.mib(64)),
                "archived-" + NAME);
        assertThat(root.resolve(PLACE)).doesNotExist();
    }

    @Test
    void aDamagedInfoFileCostsItsOwnVolumeOnly() throws IOException {
        provisioning.create(mount, NAME, SUBVOL, Bytes.mib(64));
        provisioning.create(mount, OTHER, SUBVOL, Bytes.mib(1));
        Files.writeString(root.resolve("info/" + PLACE + ".json"), "{\"size\": 671");
        Found found = Found.in(provisioning, mount);
        assertThat(found.volumes()).containsOnlyKeys(OTHER);
        assertThat(found.broken())
                .singleElement()
                .asString()
                .contains(NAME.value())
                .contains("damaged");
        assertRefused(Problem.INTERNAL, () -> provisioning.find(mount, NAME), NAME.value());
        assertRefused(Problem.INTERNAL, () -> provisioning.create(mount, NAME, SUBVOL, Bytes.mib(64)), "damaged");
        provisioning.recover(mount, NAME);
        assertThat(root.resolve(PLACE)).exists();
        provisioning.delete(mount, NAME);
        assertThat(Found.in(provisioning, mount).broken()).isEmpty();
    }

    @Test
    void filesWithoutAnInfoFileAreReportedAndNeverTouched() throws IOException {
        Files.createDirectories(root.resolve(PLACE));
        Files.writeString(root.resolve(PLACE).resolve("file"), "data");
        assertThat(Found.in(provisioning, mount).broken())
                .singleElement()
                .asString()
                .contains(PLACE);
        provisioning.recover(mount, NAME);
        assertRefused(Problem.ALREADY_EXISTS, () -> provisioning.create(mount, NAME, SUBVOL, Bytes.mib(1)), PLACE);
        assertThat(root.resolve(PLACE).resolve("file")).hasContent("data");
    }

    @Test
    void aVolumeWhoseDirectoryIsGoneIsReportedAndNotMadeAnewInSilence() throws IOException {
        provisioning.create(mount, NAME, SUBVOL, Bytes.mib(64));
        Files.delete(root.resolve(PLACE));
        assertThat(Found.in(provisioning, mount).broken())
                .singleElement()
                .asString()
                .contains(PLACE);
        assertRefused(Problem.INTERNAL, () -> provisioning.create(mount, NAME, SUBVOL, Bytes.mib(64)), "is gone");
        assertRefused(Problem.INTERNAL, () -> provisioning.find(mount, NAME), "is gone");
        assertThat(root.resolve(PLACE)).doesNotExist();
        provisioning.delete(mount, NAME);
        assertThat(Found.in(provisioning, mount)).isEqualTo(nothing());
    }

    @Test
    void strangeFilesAmongTheVolumesAreReportedOneByOne() throws IOException {
        provisioning.create(mount, NAME, SUBVOL, Bytes.mib(64));
        Files.createDirectories(root.resolve("subvol/00/00/misplaced"));
        Files.createDirectories(root.resolve("info/subvol/00/00"));
        Files.writeString(root.resolve("info/subvol/00/00/misplaced.json"), "{\"size\": 1}");
        Files.writeString(root.resolve("info/subvol/note.txt"), "no directory");
        Found found = Found.in(provisioning, mount);
        assertThat(found.volumes()).containsOnlyKeys(NAME);
        assertThat(found.broken()).hasSize(2).allMatch(sentence -> sentence.contains("subvol/00/00/misplaced"));
    }

    @Test
    void volumesThatKadaluMadeAreFound() throws IOException {
        Files.createDirectories(root.resolve("virtblock/0b/5f"));
        Files.createFile(root.resolve("virtblock/0b/5f/" + NAME));
        Files.createDirectories(root.resolve("info/virtblock/0b/5f"));
        Files.writeString(
                root.resolve("info/virtblock/0b/5f/" + NAME + ".json"),
                "{\"size\": 1073741824, \"path_prefix\": \"virtblock/0b/5f\"}");
        Volume block = new Volume(NAME, Volume.Kind.VIRTBLOCK, Bytes.gib(1), Path.of("virtblock/0b/5f/" + NAME));
        assertThat(provisioning.find(mount, NAME)).contains(block);
        assertThat(Found.in(provisioning, mount).volumes()).containsOnlyKeys(NAME);
        assertThat(provisioning.expand(mount, NAME, Bytes.gib(2)).size()).isEqualTo(Bytes.gib(2));
        provisioning.delete(mount, NAME);
        assertThat(provisioning.find(mount, NAME)).isEmpty();
    }

    @Test
    void aPoolThatIsNotThereIsUnavailable() {
        FakePoolMount gone = new FakePoolMount("p1", root.resolve("gone"));
        assertRefused(Problem.UNAVAILABLE, () -> provisioning.create(gone, NAME, SUBVOL, Bytes.mib(1)), NAME.value());
    }

    private static Found nothing() {
        return new Found(Map.of(), Map.of(), Set.of(), List.of());
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(file ->
                            Files.isRegularFile(file) || file.resolveSibling("").endsWith(".sagara-trash"))
                    .map(file -> root.relativize(file).toString())
                    .toList();
        }
    }

    private static void assertRefused(Problem problem, ThrowingCallable call, String... words) {
        assertThatThrownBy(call).isInstanceOfSatisfying(StorageException.class, e -> {
            assertThat(e.problem()).isEqualTo(problem);
            for (String word : words) {
                assertThat(e.getMessage()).contains(word);
            }
        });
    }
}
