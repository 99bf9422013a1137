package io.sagara.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sagara.api.v1.CheckPoolRequest;
import io.sagara.api.v1.ExternalVolume;
import io.sagara.api.v1.LayoutType;
import io.sagara.api.v1.PoolPhase;
import io.sagara.api.v1.PoolSpec;
import io.sagara.integration.cluster.GlusterCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What Kadalu has left on a cluster's volume, made here as Kadalu makes it, is served as it is.
class ExternalTakeoverIT {
    private static final long MIB = Scene.MIB;

    /// Names as Kubernetes gives them. The buckets are of xxh64 as its reference implementation has it, so that
    /// a fault of ours would not be in both.
    private static final String SHARED = "pvc-4f1c6a8e-0f0b-4b7e-9d0a-5c3e7d1b2a90";

    private static final String SHARED_BUCKET = "subvol/8c/77";
    private static final String FILE_SYSTEM = "pvc-9b2e7d14-63a5-4c1f-8e0d-2f6a1b3c4d5e";
    private static final String FILE_SYSTEM_BUCKET = "virtblock/48/45";
    private static final String DEVICE = "pvc-c0ffee00-1234-4567-89ab-cdef01234567";
    private static final String DEVICE_BUCKET = "rawblock/1b/3e";
    private static final String ARCHIVED = "pvc-0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d";
    private static final String ARCHIVED_BUCKET = "subvol/b8/63";

    private static final String POOL = "taken";

    private Scene scene;
    private GlusterCluster cluster;
    private AgentNode agent;

    @BeforeEach
    void begin() throws Exception {
        scene = new Scene();
        cluster = scene.keep(GlusterCluster.start(scene.path("cluster")));
        cluster.makeReplicated("data");
        cluster.enableQuota("data");
        leaveAsKadalu();
        agent = scene.keep(new AgentNode(Scene.home(), "here", cluster.here(), scene.path("state"), Map.of()));
    }

    @AfterEach
    void end() throws Exception {
        if (scene != null) {
            scene.close();
        }
    }

    /// One volume of each kind, an archived one, and a file of the volume's owner.
    private void leaveAsKadalu() throws IOException {
        Path root = scene.newDirectory("kadalu");
        Shell.check(
                "glusterfs",
                "-s",
                cluster.addresses().getFirst(),
                "--volfile-id",
                "data",
                "-l",
                scene.path("kadalu.log").toString(),
                root.toString());
        try {
            Files.writeString(Files.createDirectories(root.resolve("owners")).resolve("file"), "data of the owner");
            Path shared = Files.createDirectories(root.resolve(SHARED_BUCKET).resolve(SHARED));
            Shell.check("chmod", "777", shared.toString());
            Load.write(shared.resolve("kept"), 4 * MIB);
            info(root, SHARED_BUCKET, SHARED, 64 * MIB);
            Path image = file(root, FILE_SYSTEM_BUCKET, FILE_SYSTEM, 320 * MIB);
            Shell.check("mkfs.xfs", "-q", image.toString());
            Path device = file(root, DEVICE_BUCKET, DEVICE, 32 * MIB);
            Files.writeString(device, "bytes of a device", StandardOpenOption.WRITE);
            Files.writeString(
                    Files.createDirectories(root.resolve(ARCHIVED_BUCKET).resolve("archived-" + ARCHIVED))
                            .resolve("old"),
                    "set aside");
            info(root, ARCHIVED_BUCKET, "archived-" + ARCHIVED, 16 * MIB);
            account(root);
        } finally {
            Shell.check("umount", root.toString());
        }
    }

    private static Path file(Path root, String bucket, String name, long bytes) throws IOException {
        Path file = Files.createDirectories(root.resolve(bucket)).resolve(name);
        Shell.check("truncate", "--size", Long.toString(bytes), file.toString());
        info(root, bucket, name, bytes);
        return file;
    }

    /// With the spaces of Python's json module.
    private static void info(Path root, String bucket, String name, long bytes) throws IOException {
        Files.writeString(
                Files.createDirectories(root.resolve("info").resolve(bucket)).resolve(name + ".json"),
                "{\"size\": " + bytes + ", \"path_prefix\": \"" + bucket + "\"}");
    }

    /// Kadalu's schema, and a row for each volume; the archived one keeps its row under the name it had.
    private void account(Path root) throws IOException {
        StringBuilder sql = new StringBuilder("""
                CREATE TABLE IF NOT EXISTS summary (volname VARCHAR PRIMARY KEY, size INTEGER, created_at REAL,
                  updated_at REAL);
                CREATE TABLE IF NOT EXISTS pv_stats (pvname VARCHAR PRIMARY KEY, hash VARCHAR, size INTEGER,
                  created_at REAL, updated_at REAL);
                INSERT INTO summary VALUES ('taken', 1000000000, 1700000000.5, 1700000000.5);
                """);
        Map.of(SHARED, 64, FILE_SYSTEM, 320, DEVICE, 32, ARCHIVED, 16)
                .forEach((name, size) -> sql.append(
                        "INSERT INTO pv_stats VALUES ('%s', 'as Kadalu hashed it', %d, 1700000001.5, 1700000001.5);%n"
                                .formatted(name, size * MIB)));
        // beside the volume first: sqlite3 on this mount would see old pages
        Path made = scene.path("stat.db");
        Shell.check("sqlite3", made.toString(), sql.toString());
        Files.copy(made, root.resolve("stat.db"));
    }

    private PoolSpec spec() {
        return PoolSpec.newBuilder()
                .setName(POOL)
                .setLayout(LayoutType.EXTERNAL)
                .setExternal(ExternalVolume.newBuilder()
                        .addAllHosts(cluster.addresses())
                        .setVolume("data"))
                .build();
    }

    @Test
    void everyKindIsListedPublishedExpandedAndDeletedAndNothingElseIsTouched() throws Exception {
        assertThat(agent.apply(spec()).getPhase()).isEqualTo(PoolPhase.READY);
        assertThat(agent.list()).isEqualTo(Map.of(SHARED, 64 * MIB, FILE_SYSTEM, 320 * MIB, DEVICE, 32 * MIB));
        assertThat(agent.pool(POOL).getPromisedBytes()).isEqualTo((64 + 320 + 32 + 16) * MIB);

        sharedVolume();
        blockVolume();
        device();

        for (String name : List.of(SHARED, FILE_SYSTEM, DEVICE)) {
            agent.delete(name);
        }
        assertThat(agent.list()).isEmpty();
        // the archived one goes on taking its space
        assertThat(query("select pvname || ' ' || size from pv_stats").strip()).isEqualTo(ARCHIVED + " " + 16 * MIB);
        assertThat(management()
                        .resolve(ARCHIVED_BUCKET)
                        .resolve("archived-" + ARCHIVED)
                        .resolve("old"))
                .hasContent("set aside");

        agent.remove(POOL, true);
        Path brick = cluster.servers().getFirst().data("data");
        assertThat(brick.resolve("owners/file")).hasContent("data of the owner");
        for (String ours : List.of("subvol", "virtblock", "rawblock", "info", "stat.db")) {
            assertThat(brick.resolve(ours)).doesNotExist();
        }
    }

    /// Kadalu's limits were another kind, or none: a check says so and sets them.
    private void sharedVolume() throws Exception {
        checkAndRepair();
        Path pod = scene.path("pod");
        agent.publish(SHARED, scene.newDirectory("staging"), pod);
        try {
            Load.verify(pod.resolve("kept"), 4 * MIB);
            assertThat(Files.getFileStore(pod).getTotalSpace()).isEqualTo(64 * MIB);
            assertThatThrownBy(() -> Files.write(pod.resolve("more"), new byte[(int) (80 * MIB)]))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("quota exceeded");
            Files.delete(pod.resolve("more"));
            var _ = agent.expand(SHARED, 128 * MIB);
            assertThat(Load.write(pod.resolve("more"), 80 * MIB)).isEqualTo(80 * MIB);
        } finally {
            agent.unpublish(SHARED, scene.path("staging"), pod);
        }
        assertThat(query("select size from pv_stats where pvname = '" + SHARED + "'")
                        .strip())
                .isEqualTo(Long.toString(128 * MIB));
    }

    private void blockVolume() throws Exception {
        Path pod = scene.path("block-pod");
        agent.publish(FILE_SYSTEM, scene.newDirectory("block-staging"), pod);
        try {
            Load.write(pod.resolve("file"), 8 * MIB);
            Load.verify(pod.resolve("file"), 8 * MIB);
        } finally {
            agent.unpublish(FILE_SYSTEM, scene.path("block-staging"), pod);
        }
        assertThat(agent.expand(FILE_SYSTEM, 400 * MIB).getSizeBytes()).isEqualTo(400 * MIB);
    }

    private void device() throws Exception {
        Path target = scene.path("device-pod");
        agent.publish(DEVICE, scene.newDirectory("device-staging"), target);
        try {
            assertThat(Shell.check("head", "--bytes=17", target.toString())).isEqualTo("bytes of a device");
        } finally {
            agent.unpublish(DEVICE, scene.path("device-staging"), target);
        }
        assertThat(agent.expand(DEVICE, 48 * MIB).getSizeBytes()).isEqualTo(48 * MIB);
    }

    private void checkAndRepair() {
        agent.agent()
                .checkPool(CheckPoolRequest.newBuilder()
                        .setName(POOL)
                        .setRepair(true)
                        .build())
                .forEachRemaining(progress -> {});
    }

    private Path management() {
        return scene.path("state").resolve("mounts/" + POOL + ".management");
    }

    private String query(String sql) {
        return Shell.check("sqlite3", management().resolve("stat.db").toString(), sql);
    }
}
