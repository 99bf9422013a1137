package io.sagara.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sagara.api.v1.BrickStatus;
import io.sagara.api.v1.PoolPhase;
import io.sagara.api.v1.PoolStatus;
import io.sagara.csi.v1.Volume;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Two copies that contradict each other, made as they come about: each brick took a write while the other was
/// away.
class SplitBrainIT {
    private static final long MIB = Scene.MIB;
    private static final List<String> FILES = List.of("a", "b", "c");

    private Scene scene;
    private Standalone sagara;
    private Path pod;
    private String volume;

    @BeforeEach
    void open() throws IOException {
        scene = new Scene();
        sagara = scene.up("state", scene.yaml(scene.pool("type: Replica2", 2)));
        CsiClient csi = scene.csi(sagara);
        Volume made = csi.create("pvc-1", "p1", 64 * MIB);
        pod = scene.path("pod");
        csi.publish(made, scene.newDirectory("staging"), pod);
        volume = "/" + made.getVolumeContextOrThrow("path");
    }

    @AfterEach
    void close() throws Exception {
        if (scene != null) {
            try (CsiClient csi = new CsiClient(sagara.csiSocket())) {
                csi.unpublish("pvc-1", pod);
                csi.unstage("pvc-1", scene.path("staging"));
            }
            scene.close();
        }
    }

    @Test
    void filesInSplitBrainAreShownAndResolvedByFileAndByPolicy() throws Exception {
        split();
        for (String file : FILES) {
            assertThatThrownBy(() -> Files.readString(pod.resolve(file))).isInstanceOf(IOException.class);
        }
        PoolStatus status = Await.until(
                "status says so",
                () -> sagara.pool("p1"),
                pool -> pool.getMessage().contains("split brain"));
        assertThat(status.getPhase()).isEqualTo(PoolPhase.DEGRADED);
        assertThat(status.getBricksList())
                .extracting(BrickStatus::getSplitBrain)
                .containsExactly(3L, 3L);

        Shell.Result listed = sagara.sagara("pool", "split-brain", "p1");
        assertThat(listed.exitCode()).as(listed.output()).isEqualTo(3);
        assertThat(listed.output()).contains(volume + "/a", volume + "/b", volume + "/c");

        resolve("--policy", "bigger-file", "--file", volume + "/a");
        assertThat(readable("a")).isEqualTo("a of brick 1, the longer one");
        assertThatThrownBy(() -> Files.readString(pod.resolve("b"))).isInstanceOf(IOException.class);

        resolve("--policy", "source-brick", "--unit", "0");
        assertThat(readable("b")).isEqualTo("b of 0");
        assertThat(readable("c")).isEqualTo("c of 0");
        assertThat(sagara.sagara("pool", "split-brain", "p1").exitCode()).isZero();
        Await.until("the pool is well", () -> sagara.pool("p1").getPhase(), phase -> phase == PoolPhase.READY);
        Await.until(
                "both copies are equal",
                () -> copies("a"),
                copies -> copies.equals(List.of("a of brick 1, the longer one", "a of brick 1, the longer one")));

        Shell.Result nothing = sagara.sagara("pool", "split-brain", "p1", "--policy", "latest-mtime", "--file", "/no");
        assertThat(nothing.exitCode()).isEqualTo(1);
        assertThat(nothing.output()).contains("/no", "Lookup failed");
    }

    @Test
    void aFullHealBringsBackWhatADiskHasLost() throws Exception {
        Files.writeString(pod.resolve("kept"), "on both");
        Path lost = scene.path("d0/data/brick" + volume + "/kept");
        Await.until(
                "the file is on both bricks",
                () -> copies("kept"),
                copies -> copies.equals(List.of("on both", "on both")));
        Shell.check("find", scene.path("d0/data/brick").toString(), "-samefile", lost.toString(), "-delete");
        assertThat(lost).doesNotExist();

        Shell.Result index = sagara.sagara("pool", "heal", "p1");
        assertThat(index.output()).as(index.output()).contains("unit 0", "unit 1", "Started self-heal");
        assertThat(lost).as("nobody knows that it is missing").doesNotExist();

        assertThat(sagara.sagara("pool", "heal", "p1", "--full").exitCode()).isZero();
        Await.until(Duration.ofSeconds(20), "it is back", () -> Files.exists(lost), there -> there);
        Await.until("with its content", () -> Files.readString(lost), content -> content.equals("on both"));
    }

    /// Each file with another content on each brick.
    private void split() throws Exception {
        for (String file : FILES) {
            Files.writeString(pod.resolve(file), "before");
        }
        HeldDown first = new HeldDown(sagara, "p1", Set.of(0));
        for (String file : FILES) {
            write(file, file + " of brick 1, the longer one");
        }
        HeldDown second = new HeldDown(sagara, "p1", Set.of(1));
        first.close();
        for (String file : FILES) {
            write(file, file + " of 0");
        }
        second.release();
        Await.until(
                "split brain is seen",
                () -> sagara.sagara("pool", "split-brain", "p1").output(),
                out -> FILES.stream().allMatch(file -> out.contains(volume + "/" + file)));
        // a client that has one of the bricks only sees no contradiction
        ConnectedBricks.await(sagara, "p1");
    }

    private void write(String file, String content) throws Exception {
        Await.until(
                "the only brick takes a write",
                () -> {
                    try {
                        Files.writeString(pod.resolve(file), content);
                        return "";
                    } catch (IOException e) {
                        return e.toString();
                    }
                },
                String::isEmpty);
    }

    private void resolve(String... how) {
        List<String> all = new ArrayList<>(List.of("split-brain", "p1"));
        all.addAll(List.of(how));
        Shell.Result result = sagara.sagara("pool", all.toArray(String[]::new));
        assertThat(result.exitCode()).as(result.output()).isZero();
        assertThat(result.output()).contains("resolved " + volume);
    }

    private String readable(String file) throws Exception {
        return Await.until(
                file + " can be read",
                () -> {
                    try {
                        return Files.readString(pod.resolve(file));
                    } catch (IOException e) {
                        return "";
                    }
                },
                text -> !text.isEmpty());
    }

    private List<String> copies(String file) throws IOException {
        return List.of(
                Files.readString(scene.path("d0/data/brick" + volume + "/" + file)),
                Files.readString(scene.path("d1/data/brick" + volume + "/" + file)));
    }
}
