package io.sagara.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sagara.api.v1.TrashState;
import io.sagara.csi.v1.Volume;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What becomes of volumes that were archived or deleted, and of pools whose account and volumes differ, on real
/// GlusterFS and through the command line.
class ReclaimIT {
    private static final long MIB = Scene.MIB;
    private static final Duration LONG = Duration.ofMinutes(2);
    private static final int PURGED_FILES = 1500;

    private Scene scene;

    @BeforeEach
    void open() throws IOException {
        scene = new Scene();
    }

    @AfterEach
    void close() throws Exception {
        if (scene != null) {
            scene.close();
        }
    }

    private Standalone up(String policy, String ttl) throws IOException {
        String pool = Scene.replica1("p1", "path: " + scene.newDirectory("d")).replace("  type:", policy + "  type:");
        return scene.keep(
                new Standalone(Scene.home(), scene.path("state"), scene.yaml(pool), Map.of("SAGARA_TRASH_TTL", ttl)));
    }

    private static Shell.Result run(int code, Standalone sagara, String... words) {
        Shell.Result result = Shell.run(LONG, command(sagara, words));
        assertThat(result.exitCode())
                .as("sagara %s: %s", String.join(" ", words), result.output())
                .isEqualTo(code);
        return result;
    }

    private static List<String> command(Standalone sagara, String... words) {
        List<String> argv =
                new ArrayList<>(List.of(Scene.home().resolve("sagara").toString()));
        argv.addAll(List.of(words));
        argv.addAll(List.of("--state", sagara.state().toString()));
        return argv;
    }

    private Path pool(Standalone sagara) {
        return sagara.state().resolve("mounts/p1.management");
    }

    private Volume filled(CsiClient csi, String name, long bytes) throws IOException {
        Volume volume = csi.create(name, "p1", 64 * MIB);
        Path pod = scene.path("pod-" + name);
        csi.publish(volume, scene.newDirectory("staging-" + name), pod);
        Load.write(pod.resolve("data"), bytes);
        csi.unpublish(name, pod);
        csi.unstage(name, scene.path("staging-" + name));
        return volume;
    }

    /// The data is as it was, and the limit holds.
    private void verify(CsiClient csi, String name, long bytes) throws Exception {
        Volume volume = csi.create(name, "p1", 64 * MIB);
        Path pod = scene.path("pod-" + name);
        csi.publish(volume, scene.newDirectory("staging-" + name), pod);
        Load.verify(pod.resolve("data"), bytes);
        assertThat(Files.getFileStore(pod).getTotalSpace()).isEqualTo(64 * MIB);
        long written = Load.write(pod.resolve("more"), 128 * MIB);
        assertThat(written + bytes).isBetween(56 * MIB, 76 * MIB);
        assertThatThrownBy(() -> Files.write(pod.resolve("b"), new byte[(int) MIB]))
                .isInstanceOf(FileSystemException.class);
        csi.unpublish(name, pod);
        csi.unstage(name, scene.path("staging-" + name));
    }

    @Test
    void anArchivedVolumeComesBackAndAPurgeTakesOnlyWhatItNames() throws Exception {
        Standalone sagara = up("  pvReclaimPolicy: archive\n", "0");
        CsiClient csi = scene.csi(sagara);
        List<String> bucket = neighbours();
        String live = bucket.get(0);
        String gone = bucket.get(1);
        Volume neighbour = filled(csi, live, 8 * MIB);
        filled(csi, gone, 4 * MIB);
        assertThat(Path.of(neighbour.getVolumeContextOrThrow("path")).getParent())
                .isEqualTo(Path.of(csi.create(gone, "p1", 64 * MIB).getVolumeContextOrThrow("path"))
                        .getParent());

        csi.delete(gone);
        assertThat(csi.list()).containsExactly(live);
        assertThat(run(0, sagara, "volume", "deleted", "--pool", "p1").output()).contains(gone, "archived");
        assertThat(sagara.pool("p1").getPromisedBytes()).isEqualTo(128 * MIB);
        run(0, sagara, "volume", "undelete", gone, "--pool", "p1");
        run(0, sagara, "volume", "undelete", gone, "--pool", "p1");
        verify(csi, gone, 4 * MIB);

        csi.delete(gone);
        run(2, sagara, "pool", "purge-archived", "p1");
        run(0, sagara, "pool", "purge-archived", "p1", "--volume", live);
        assertThat(run(0, sagara, "pool", "purge-archived", "p1", "--volume", gone)
                        .output())
                .contains("purged " + gone);
        assertThat(sagara.pool("p1").getPromisedBytes()).isEqualTo(64 * MIB);
        Await.until("the trash is empty", () -> trash(sagara), List::isEmpty);
        run(1, sagara, "volume", "undelete", gone, "--pool", "p1");
        verify(csi, live, 8 * MIB);
        run(0, sagara, "pool", "check", "p1");
    }

    private List<String> trash(Standalone sagara) throws IOException {
        Path trash = pool(sagara).resolve(".sagara-trash");
        if (!Files.exists(trash)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(trash)) {
            return entries.map(Path::toString).toList();
        }
    }

    @Test
    void aDeletedVolumeIsKeptForItsTimeAndSurvivesAKillWhileItComesBack() throws Exception {
        Standalone sagara = up("", "1h");
        try (CsiClient csi = new CsiClient(sagara.csiSocket())) {
            filled(csi, "pvc-1", 8 * MIB);
            csi.delete("pvc-1");
        }
        assertThat(sagara.pool("p1").getPromisedBytes()).isZero();
        for (int round = 0; round < 3; round++) {
            Process undelete = new ProcessBuilder(command(sagara, "volume", "undelete", "pvc-1", "--pool", "p1"))
                    .redirectErrorStream(true)
                    .redirectOutput(scene.path("undelete.out").toFile())
                    .start();
            Path data = pool(sagara).resolve("stat.db");
            assertThat(data).exists();
            Await.until("it has begun or ended", () -> begun(sagara) || !undelete.isAlive(), begun -> begun);
            sagara.kill();
            assertThat(undelete.waitFor()).isNotNegative();
            sagara.restart();
            run(0, sagara, "pool", "check", "p1");
            run(0, sagara, "volume", "undelete", "pvc-1", "--pool", "p1");
            try (CsiClient csi = new CsiClient(sagara.csiSocket())) {
                assertThat(csi.list()).containsExactly("pvc-1");
                csi.delete("pvc-1");
            }
        }
        run(0, sagara, "volume", "undelete", "pvc-1", "--pool", "p1");
        try (CsiClient csi = new CsiClient(sagara.csiSocket())) {
            verify(csi, "pvc-1", 8 * MIB);
        }
        run(0, sagara, "pool", "check", "p1");
    }

    private boolean begun(Standalone sagara) throws IOException {
        return trash(sagara).stream().noneMatch(entry -> entry.endsWith(".json"));
    }

    @Test
    void aPurgeGoesOnAfterAKillAndSaysHowFarItIs() throws Exception {
        Standalone sagara = up("", "0");
        try (CsiClient csi = new CsiClient(sagara.csiSocket())) {
            Volume volume = csi.create("pvc-1", "p1", 64 * MIB);
            Path data = pool(sagara).resolve(volume.getVolumeContextOrThrow("path"));
            for (int i = 0; i < PURGED_FILES; i++) {
                Files.createFile(data.resolve("f" + i));
            }
            csi.delete("pvc-1");
        }
        TrashState half = Await.until(
                "the purge is under way",
                () -> sagara.pool("p1").getTrash(),
                trash -> trash.getPurging() && trash.getFiles() < PURGED_FILES - 20);
        assertThat(half.getFiles()).isBetween(1L, (long) PURGED_FILES);
        sagara.kill();
        assertThat(trash(sagara)).singleElement().asString().doesNotEndWith(".json");
        sagara.restart();
        run(1, sagara, "volume", "undelete", "pvc-1", "--pool", "p1");
        Await.until(LONG, "the trash is empty", () -> trash(sagara), List::isEmpty);
        run(0, sagara, "pool", "check", "p1");
    }

    @Test
    void aCheckNamesSeededDamageAndRepairsWhatItMay() throws Exception {
        assertThat(Scene.installed("sqlite3") || Scene.installed("setfattr"))
                .as("the attr or sqlite3 package is there")
                .isTrue();
        Standalone sagara = up("", "0");
        CsiClient csi = scene.csi(sagara);
        Map<String, Path> paths = new HashMap<>();
        for (String name : List.of("row", "info", "limit", "fine")) {
            paths.put(name, Path.of(csi.create(name, "p1", 8 * MIB).getVolumeContextOrThrow("path")));
        }
        run(0, sagara, "pool", "check", "p1");
        Path root = pool(sagara);
        Path stray = Files.createDirectories(root.resolve("subvol/zz/zz/stray"));
        Files.writeString(stray.resolve("file"), "data");
        Path info = root.resolve("info").resolve(paths.get("info") + ".json");
        Files.writeString(info, "{\"size\": 83");
        Shell.check(
                "setfattr",
                "-x",
                "trusted.glusterfs.quota.limit-set",
                root.resolve(paths.get("limit")).toString());
        boolean sqlite = Scene.installed("sqlite3");
        if (sqlite) {
            Shell.check("sqlite3", root.resolve("stat.db").toString(), "delete from pv_stats where pvname = 'row'");
        }

        Shell.Result found = run(3, sagara, "pool", "check", "p1");
        assertThat(found.output()).contains("no-limit", "volume limit has 8 MiB", "info.json is damaged", "zz/stray");
        assertThat(found.output().contains("not-counted")).isEqualTo(sqlite);
        Shell.Result repaired = run(3, sagara, "pool", "check", "p1", "--repair");
        assertThat(repaired.output()).contains("%d repaired".formatted(sqlite ? 2 : 1));
        Shell.Result left = run(3, sagara, "pool", "check", "p1", "-o", "json");
        assertThat(left.output()).contains("BROKEN").doesNotContain("NO_LIMIT").doesNotContain("NOT_COUNTED");
        assertThat(stray.resolve("file")).hasContent("data");
        assertThat(info).hasContent("{\"size\": 83");
        assertThat(sagara.pool("p1").getPromisedBytes()).isEqualTo(32 * MIB);

        Files.writeString(
                info,
                "{\"size\": 8388608, \"path_prefix\": \""
                        + Objects.requireNonNull(paths.get("info")).getParent() + "\"}");
        Files.delete(stray.resolve("file"));
        Files.delete(stray);
        run(0, sagara, "pool", "check", "p1", "--repair");
    }

    /// Two names whose xxh64 begins with 9561, so that they share both directories.
    private static List<String> neighbours() {
        return List.of("pvc-619", "pvc-652");
    }
}
