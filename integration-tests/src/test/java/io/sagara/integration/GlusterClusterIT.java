package io.sagara.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.sagara.integration.cluster.GlusterCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The cluster that the tests of External pools run against is one, and leaves nothing behind.
class GlusterClusterIT {
    @Test
    void twoClustersRunBesideEachOtherAndLeaveNothing() throws Exception {
        Scene scene = new Scene();
        List<String> links = new ArrayList<>();
        try {
            GlusterCluster one = scene.keep(GlusterCluster.start(scene.path("one")));
            one.makeReplicated("vol");
            one.makeDistributed("spread");
            GlusterCluster two = scene.keep(GlusterCluster.start(scene.path("two")));
            two.makeUnresolvable("vol");
            links.addAll(List.of(one.link(), two.link()));
            assertThat(one.addresses()).doesNotContainAnyElementsOf(two.addresses());
            assertThat(one.gluster("volume", "list").lines()).containsExactlyInAnyOrder("vol", "spread");
            assertThat(two.gluster("volume", "info", "vol")).contains("Status: Started");
            Path mount = scene.newDirectory("mount");
            Shell.check(
                    "glusterfs",
                    "-s",
                    one.addresses().get(1),
                    "--volfile-id",
                    "vol",
                    "-l",
                    scene.path("client.log").toString(),
                    mount.toString());
            try {
                Files.writeString(mount.resolve("file"), "kept");
                one.killAll();
                one.startAll();
                Await.until("the file is back", () -> read(mount.resolve("file")), "kept"::equals);
            } finally {
                Shell.check("umount", "--lazy", mount.toString());
            }
        } finally {
            scene.close();
        }
        assertThat(Shell.check("ip", "-brief", "link").lines())
                .noneMatch(line -> links.stream().anyMatch(line::startsWith));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }
}
