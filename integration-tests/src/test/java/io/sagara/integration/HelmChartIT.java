package io.sagara.integration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The chart, rendered by Helm itself.
class HelmChartIT {
    private static final Path DEPLOY = Scene.home().resolve("deploy");
    private static Path helm;

    @BeforeAll
    static void build() throws IOException {
        helm = GoTool.build(Path.of("helm"), "helm.sh/helm/v3/cmd/helm");
    }

    private static Shell.Result template(String... options) {
        List<String> command = new ArrayList<>(List.of(
                helm.toString(),
                "template",
                "sagara",
                DEPLOY.resolve("helm/sagara").toString()));
        command.addAll(List.of("--namespace", "kadalu", "--kube-version", "1.37"));
        command.addAll(List.of(options));
        return Shell.run(Duration.ofSeconds(30), command);
    }

    @Test
    void theManifestsAreWhatTheChartGives() throws IOException {
        List<String> manifests = Files.readAllLines(DEPLOY.resolve("kubernetes/sagara.yaml"));
        assertThat(manifests.subList(1, manifests.size()))
                .as("run deploy/manifests.sh")
                .isEqualTo(template("--include-crds").output().lines().toList());
    }

    @Test
    void helmFindsNothingToComplainOf() {
        Shell.check(
                helm.toString(),
                "lint",
                "--strict",
                DEPLOY.resolve("helm/sagara").toString());
    }

    @Test
    void everythingGoesToTheChosenPlacesAndNodes() {
        Shell.Result rendered = template(
                "--set=kubeletDirectory=/var/lib/k0s/kubelet",
                "--set=stateDirectory=/srv/sagara",
                "--set=image.repository=registry.example/sagara",
                "--set=image.tag=2.0",
                "--set=logLevel=DEBUG",
                "--set=metrics.port=0",
                "--set=node.nodeSelector.disk=fast",
                "--set-json=node.affinity={\"nodeAffinity\":{}}",
                "--set-json=node.tolerations=[{\"key\":\"a\",\"operator\":\"Exists\"}]",
                "--set=node.priorityClassName=mine",
                "--set=dataPlane.resources.requests.memory=1Gi");
        assertThat(rendered.exitCode()).isZero();
        assertThat(rendered.output())
                .doesNotContain("/var/lib/kubelet", "/var/lib/sagara", "localhost/sagara", "SAGARA_METRICS", "INFO")
                .contains("/var/lib/k0s/kubelet/plugins_registry", "/srv/sagara", "\"memory\":\"1Gi\"")
                .containsPattern("image: registry.example/sagara:2.0")
                .contains("nodeSelector: {\"disk\":\"fast\"}", "affinity: {\"nodeAffinity\":{}}")
                .contains("tolerations: [{\"key\":\"a\",\"operator\":\"Exists\"}]", "priorityClassName: mine");
    }

    @Test
    void theSnapshotterAndItsRightsComeOnlyWhereSnapshotsAreEnabled() {
        assertThat(template().output()).doesNotContain("snapshot");
        Shell.Result rendered = template("--set=snapshots.enabled=true");
        assertThat(rendered.exitCode()).isZero();
        assertThat(rendered.output())
                .containsPattern("image: \\S+/csi-snapshotter:v")
                .contains("volumesnapshotcontents/status", "external-snapshotter-leader-kadalu");
    }

    @ParameterizedTest
    @ValueSource(strings = {"kubeletDir=/x", "kubeletDirectory=relative", "logLevel=LOUD", "metrics.port=70000"})
    void whatIsWrongIsRefused(String value) {
        Shell.Result rendered = template("--set", value);
        assertThat(rendered.exitCode()).isNotZero();
        assertThat(rendered.output())
                .contains(value.substring(0, value.indexOf('=')).replace('.', '/'));
    }
}
