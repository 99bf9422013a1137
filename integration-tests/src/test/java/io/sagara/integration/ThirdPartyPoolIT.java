package io.sagara.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sagara.api.v1.PoolPhase;
import io.sagara.csi.v1.Volume;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A backend that someone else wrote, as its README says: Sagara's two jars are put into a local repository, the
/// project is built with them, its jar is put into the plugins directory, and a pool of its type serves a volume.
class ThirdPartyPoolIT {
    private static final long MIB = Scene.MIB;
    private static final Duration BUILD = Duration.ofMinutes(5);
    private static final String JAR = "scratch-backend-1.0.0.jar";

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
    void aPoolOfAThirdPartyTypeServesAVolumeWithALimit() throws Exception {
        Path home = distributionWith(scratchBackend());
        Path yaml = scene.yaml(Scene.replica1("p0", "path: " + scene.newDirectory("d0")));
        Standalone sagara = scene.keep(
                new Standalone(Scene.home(), scene.path("state"), yaml, Map.of("SAGARA_HOME", home.toString())));
        assertThat(sagara.info().getBackendsList()).contains("path", "device", "scratch");
        assertThat(sagara.info().getRefusedBackendsList()).isEmpty();

        Path disk = scene.newDirectory("nvme");
        Path settings = sagara.state().resolve("backends/scratch");
        Files.writeString(settings.resolve("disks.json"), "{\"disks\": {\"fast\": \"" + disk + "\"}}");
        sagara.kill();
        Files.writeString(
                yaml, Scene.replica1("p0", "path: " + scene.path("d0")) + Scene.replica1("third", "scratch: fast/one"));
        sagara.restart();
        assertThat(sagara.pool("third").getPhase()).isEqualTo(PoolPhase.READY);
        assertThat(disk.resolve("one/.glusterfs")).isDirectory();

        CsiClient csi = scene.csi(sagara);
        Volume volume = csi.create("pvc-1", "third", 32 * MIB);
        Path pod = scene.path("pod");
        csi.publish(volume, scene.newDirectory("staging"), pod);
        long written = Load.write(pod.resolve("a"), 64 * MIB);
        assertThat(written).isBetween(30 * MIB, 40 * MIB);
        Load.verify(pod.resolve("a"), written);
        assertThatThrownBy(() -> Files.write(pod.resolve("b"), new byte[(int) MIB]))
                .isInstanceOf(FileSystemException.class);
        csi.unpublish("pvc-1", pod);
        csi.unstage("pvc-1", scene.path("staging"));
        csi.delete("pvc-1");
        assertThat(csi.list()).isEmpty();
    }

    /// The distribution as it is built, with one more jar.
    private Path distributionWith(Path jar) throws IOException {
        Path built = Scene.home().resolve("deploy/target/sagara");
        Path home = scene.newDirectory("sagara");
        Files.createSymbolicLink(home.resolve("lib"), built.resolve("lib"));
        Files.createSymbolicLink(home.resolve("conf"), built.resolve("conf"));
        copy(built.resolve("plugins"), home.resolve("plugins"));
        Files.copy(jar, home.resolve("plugins").resolve(JAR));
        return home;
    }

    private Path scratchBackend() throws IOException {
        // a copy, because another build may be at work in the checkout
        Path sagara = scene.path("checkout");
        copy(Scene.home(), sagara);
        maven(
                sagara,
                "install",
                "-DskipTests",
                "-Dspotless.check.skip",
                "-pl",
                "agent-core/spi,agent-core/testkit",
                "-am");
        Path project = scene.path("outside");
        Files.move(sagara.resolve("integration-tests/third-party-backend"), project);
        maven(project, "package");
        return project.resolve("target").resolve(JAR);
    }

    private void maven(Path project, String... goals) {
        List<String> argv = new ArrayList<>(List.of(
                System.getProperty("maven.home") + "/bin/mvn",
                "--batch-mode",
                "--no-transfer-progress",
                "-f",
                project.resolve("pom.xml").toString(),
                "-Dmaven.repo.local=" + scene.path("repository"),
                "-Dmaven.repo.local.tail=" + System.getProperty("maven.repository"),
                "-Dmaven.repo.local.tail.ignoreAvailability=true"));
        argv.addAll(List.of(goals));
        Shell.Result result = Shell.run(BUILD, argv);
        assertThat(result.exitCode()).as(result.output()).isZero();
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path relative = from.relativize(file);
                boolean source = Stream.of("target", ".git")
                        .noneMatch(made -> relative.toString().matches("(.*/)?\\Q" + made + "\\E(/.*)?"));
                if (source) {
                    Path target = to.resolve(relative.toString());
                    Files.createDirectories(target.getParent());
                    Files.copy(file, target);
                }
            }
        }
    }
}
