package io.sagara.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.StatusRuntimeException;
import io.sagara.csi.v1.Volume;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Volumes that begin as copies of others, on real GlusterFS.
class CloneIT {
    private static final long MIB = Scene.MIB;

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
    void aCopyHasTheContentAndALimitOfItsOwnAndOutlivesItsSource() throws Exception {
        Standalone sagara = scene.up("state", scene.yaml(Scene.replica1("p1", "path: " + scene.newDirectory("d"))));
        CsiClient csi = scene.csi(sagara);
        Volume source = csi.create("source", "p1", 64 * MIB);
        Path pod = scene.path("pod-source");
        csi.publish(source, scene.newDirectory("staging-source"), pod);
        Load.write(pod.resolve("data"), 8 * MIB);
        Files.createSymbolicLink(pod.resolve("outside"), Path.of("/etc"));
        Path directory = Files.createDirectory(pod.resolve("directory"));
        Path script = Files.writeString(directory.resolve("script"), "x");
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-x---"));
        Files.setAttribute(script, "unix:uid", 1000);
        Files.createLink(directory.resolve("linked"), script);

        assertThatThrownBy(() -> csi.copy("source", "small", 32 * MIB))
                .isInstanceOf(StatusRuntimeException.class)
                .hasMessageContaining("OUT_OF_RANGE");
        assertThatThrownBy(() -> csi.copy("absent", "small", 64 * MIB)).hasMessageContaining("NOT_FOUND");
        assertThat(csi.copy("source", "copy", 96 * MIB)).isEqualTo(csi.copy("source", "copy", 96 * MIB));
        csi.unpublish("source", pod);
        csi.unstage("source", scene.path("staging-source"));
        csi.delete("source");

        Volume copy = csi.copy("source", "copy", 96 * MIB);
        assertThat(csi.list()).containsExactly("copy");
        Path other = scene.path("pod-copy");
        csi.publish(copy, scene.newDirectory("staging-copy"), other);
        Load.verify(other.resolve("data"), 8 * MIB);
        assertThat(Files.readSymbolicLink(other.resolve("outside"))).isEqualTo(Path.of("/etc"));
        Path copied = other.resolve("directory/script");
        assertThat(Files.getPosixFilePermissions(copied)).isEqualTo(PosixFilePermissions.fromString("rwxr-x---"));
        assertThat(Files.getAttribute(copied, "unix:uid", LinkOption.NOFOLLOW_LINKS))
                .isEqualTo(1000);
        assertThat(Files.getAttribute(copied, "unix:nlink")).isEqualTo(2);
        assertThat(Files.getFileStore(other).getTotalSpace()).isEqualTo(96 * MIB);
        long written = Load.write(other.resolve("more"), 160 * MIB);
        assertThat(written + 8 * MIB).isBetween(88 * MIB, 108 * MIB);
        csi.unpublish("copy", other);
        csi.unstage("copy", scene.path("staging-copy"));
    }
}
