package io.sagara.integration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The conformance suite of CSI against the real thing: csi-sidecar, agent and GlusterFS. Every spec that a
/// capability of ours selects runs, with the suite's own sizes and directories (in a temporary directory that is
/// the test's own).
class CsiSanityIT {
    private static final Duration RUN = Duration.ofMinutes(6);
    private static final Pattern RAN = Pattern.compile("Ran (\\d+) of (\\d+) Specs");
    private static final Pattern PASSED = Pattern.compile("(\\d+) Passed.*?(\\d+) Failed");
    /// What version 5.6.0 selects by the capabilities we have today.
    private static final int AT_LEAST = 60;
    private static final long GIB = 1024 * Scene.MIB;

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
    void aReplica1PoolOnAPathConforms() throws IOException {
        conforms("Replica1 on a directory", Scene.replica1("p1", "path: " + scene.newDirectory("d")));
    }

    @Test
    void aReplica3PoolConforms() throws IOException {
        conforms("Replica3 on directories", scene.pool("type: Replica3", 3));
    }

    @Test
    void aReplica1PoolOnADeviceConforms() throws IOException {
        conforms("Replica1 on a device", Scene.replica1("p1", "device: " + scene.newDisk("disk.img", "64G")));
    }

    private void conforms(String what, String pool) throws IOException {
        Path sanity = GoTool.build(
                Scene.home().resolve("integration-tests/csi-sanity"),
                "github.com/kubernetes-csi/csi-test/v5/cmd/csi-sanity");
        Standalone sagara = scene.up("state", scene.yaml(pool));
        Path parameters = Files.writeString(scene.path("parameters.yaml"), "storage_name: p1\n");
        Shell.Result result = Shell.run(
                RUN,
                List.of(
                        "env",
                        "TMPDIR=" + scene.newDirectory("tmp"),
                        sanity.toString(),
                        "--csi.endpoint=unix:" + sagara.csiSocket(),
                        "--csi.testvolumeparameters=" + parameters,
                        // it has ten of them at a time, with snapshots, and its own size is 10 GiB
                        "--csi.testvolumesize=" + GIB,
                        "--csi.testvolumeexpandsize=" + 2 * GIB,
                        "--ginkgo.no-color"));
        assertThat(result.exitCode()).as(result.output()).isZero();
        int ran = number(RAN, result.output(), 1);
        System.out.println("csi-sanity: " + ran + " specs passed, " + what);
        assertThat(ran).as(result.output()).isGreaterThanOrEqualTo(AT_LEAST);
        assertThat(number(PASSED, result.output(), 2)).isZero();
        CsiClient csi = scene.csi(sagara);
        assertThat(csi.list()).as("volumes the suite left behind").isEmpty();
        assertThat(csi.snapshots()).as("snapshots the suite left behind").isEmpty();
    }

    private static int number(Pattern pattern, String output, int group) {
        Matcher line = pattern.matcher(output);
        assertThat(line.find()).as(output).isTrue();
        return Integer.parseInt(line.group(group));
    }
}
