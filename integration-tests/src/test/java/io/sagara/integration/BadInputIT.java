package io.sagara.integration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What cannot work is refused with one clear error, and nothing is changed.
class BadInputIT {
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

    @Test
    void unknownFieldValuesAreNamed() throws Exception {
        Path data = scene.newDirectory("d");
        refused(Scene.replica1("p1", "path: " + data).replace("Replica1", "Replica9"), "Replica9", "type");
        refused(Scene.replica1("p1", "path: " + data) + "  pvReclaimPolicy: burn\n", "burn", "pvReclaimPolicy");
        refused(
                Scene.replica1("p1", "path: " + data)
                        + "  options:\n    - key: performance.no-such\n      value: 'on'\n",
                "performance.no-such");
        assertThat(data).isEmptyDirectory();
    }

    @Test
    void aMissingOrForeignNodeIsNamed() throws Exception {
        Path data = scene.newDirectory("d");
        refused(Scene.replica1("p1", "path: " + data).replace("- node: localhost\n      path", "- path"), "node");
        refused(Scene.replica1("p1", "path: " + data).replace("localhost", "elsewhere"), "elsewhere");
        assertThat(data).isEmptyDirectory();
    }

    @Test
    void aPathThatDoesNotExistIsNotMade() throws Exception {
        refused(
                Scene.replica1("p1", "path: " + scene.path("nowhere")),
                scene.path("nowhere").toString());
        assertThat(scene.path("nowhere")).doesNotExist();
    }

    @Test
    void aPathThatIsNotEmptyIsLeftAlone() throws Exception {
        Path data = scene.newDirectory("d");
        Files.writeString(data.resolve("precious"), "mine");
        refused(Scene.replica1("p1", "path: " + data), "precious");
        assertThat(data.toFile().list()).containsExactly("precious");
    }

    @Test
    void aPathWithoutTrustedAttributesIsRefused() throws Exception {
        Path data = scene.newDirectory("ram");
        // ramfs knows no extended attributes
        Shell.check("mount", "-t", "ramfs", "ramfs", data.toString());
        scene.keep(() -> Shell.check("umount", data.toString()));
        refused(Scene.replica1("p1", "path: " + data), data.toString(), "attributes");
        assertThat(data).isEmptyDirectory();
    }

    @Test
    void badPoolNamesAreRefused() throws Exception {
        Path data = scene.newDirectory("d");
        refused(Scene.replica1("a.b", "path: " + data), "a.b");
        refused(Scene.replica1("a/b", "path: " + data), "a/b");
        refused(Scene.replica1("x".repeat(300), "path: " + data), "300 characters");
        assertThat(data).isEmptyDirectory();
    }

    @Test
    void twoPoolsOnOneDirectoryAreRefused() throws Exception {
        Path data = scene.newDirectory("d");
        refused(Scene.replica1("p1", "path: " + data) + Scene.replica1("p2", "path: " + data), "p1", "p2");
        assertThat(data).isEmptyDirectory();
    }

    @Test
    void aDeviceThatIsNotBlankIsNamedAndKept() throws Exception {
        Path disk = scene.newDisk("disk.img", "512M");
        Shell.check("mkfs.ext4", "-q", "-L", "precious", disk.toString());
        String before = Shell.check("sha256sum", disk.toString());
        refused(Scene.replica1("p1", "device: " + disk), "ext4", "wipe");
        assertThat(Shell.check("sha256sum", disk.toString())).isEqualTo(before);
    }

    @Test
    void aDeviceInUseIsRefusedEvenWithWipe() throws Exception {
        Path disk = scene.newDisk("disk.img", "512M");
        Shell.check("mkfs.ext4", "-q", disk.toString());
        Path mounted = scene.newDirectory("mounted");
        Shell.check("mount", "-o", "loop", disk.toString(), mounted.toString());
        scene.keep(() -> Shell.check("umount", mounted.toString()));
        Files.writeString(mounted.resolve("precious"), "mine");
        refused(Scene.replica1("p1", "device: " + disk, "wipe: true"), disk.toString());
        assertThat(mounted.resolve("precious")).hasContent("mine");
    }

    @Test
    void anUnknownBackendIsAnsweredWithThoseThereAre() throws Exception {
        refused(Scene.replica1("p1", "tape: /dev/st0"), "tape", "device", "path");
    }

    @Test
    void aSecondAgentOnTheSameStateIsRefusedAndTheFirstGoesOn() throws Exception {
        Path yaml = scene.yaml(Scene.replica1("p1", "path: " + scene.newDirectory("d")));
        Standalone first = scene.up("state", yaml);
        Shell.Result second = Shell.run(
                Duration.ofSeconds(60),
                List.of(
                        Scene.home().resolve("sagara").toString(),
                        "up",
                        "--state",
                        first.state().toString(),
                        "--file",
                        yaml.toString()));
        assertThat(second.exitCode()).as(second.output()).isNotZero();
        assertThat(second.output()).contains(first.state().toString());
        assertThat(first.info().getReady()).isTrue();
        assertThat(scene.csi(first).ready()).isTrue();
    }

    /// `sagara up` ends with an error that contains all of `words` and says nothing of exceptions; nothing is
    /// left.
    private void refused(String yaml, String... words) throws IOException {
        Path state = scene.path("state");
        Shell.Result up = Shell.run(
                Duration.ofSeconds(60),
                List.of(
                        Scene.home().resolve("sagara").toString(),
                        "up",
                        "--state",
                        state.toString(),
                        "--file",
                        scene.yaml(yaml).toString()));
        assertThat(up.exitCode()).as(up.output()).isNotZero();
        assertThat(up.output()).contains(words).doesNotContain("Exception", "\tat ", "INTERNAL");
        Shell.Result down = Shell.run(
                Duration.ofSeconds(60),
                List.of(Scene.home().resolve("sagara").toString(), "down", "--state", state.toString(), "--purge"));
        assertThat(down.exitCode()).as(down.output()).isZero();
        assertThat(Traces.of(state)).isEmpty();
    }
}
