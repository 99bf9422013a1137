package io.sagara.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sagara.api.v1.ExternalVolume;
import io.sagara.api.v1.LayoutType;
import io.sagara.api.v1.PoolPhase;
import io.sagara.api.v1.PoolSpec;
import io.sagara.integration.cluster.GlusterCluster;
import io.sagara.integration.cluster.SshServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Limits that are set by `gluster volume quota` on a server of the cluster, over a real ssh.
class ExternalSshIT {
    private static final long MIB = Scene.MIB;
    private static final String POOL = "listed";

    private Scene scene;
    private GlusterCluster cluster;
    private AgentNode agent;
    private SshServer ssh;

    @BeforeEach
    void begin() throws Exception {
        scene = new Scene();
        assumeTrue(
                SshServer.program().isPresent(),
                "SKIPPED: there is no sshd; ./sagara test fetches one (package openssh-server)");
        cluster = scene.keep(GlusterCluster.start(scene.path("cluster")));
        cluster.makeReplicated("data");
        cluster.enableQuota("data");
        SshServer.makeKey(scene.path("key"));
        // on the second server: the first one of gluster_hosts has none
        ssh = SshServer.start(cluster.servers().get(1), scene.path("sshd"), scene.path("key.pub"));
        Files.writeString(scene.path("known"), ssh.knownHost());
        agent = scene.keep(new AgentNode(Scene.home(), "here", cluster.here(), scene.path("state"), Map.of()));
    }

    @AfterEach
    void end() throws Exception {
        if (scene != null) {
            scene.close();
        }
    }

    private PoolSpec spec(Path key, Path known) {
        return PoolSpec.newBuilder()
                .setName(POOL)
                .setLayout(LayoutType.EXTERNAL)
                .setExternal(ExternalVolume.newBuilder()
                        .addHosts(cluster.addresses().getFirst())
                        .addHosts(cluster.addresses().get(1))
                        .setVolume("data"))
                .putOptions("quota-ssh-user", "root")
                .putOptions("quota-ssh-key", key.toString())
                .putOptions("quota-ssh-known-hosts", known.toString())
                .build();
    }

    @Test
    void limitsAreInTheListOfTheClusterAndHold() throws Exception {
        assertThat(agent.apply(spec(scene.path("key"), scene.path("known"))).getPhase())
                .isEqualTo(PoolPhase.READY);
        String path = "/" + agent.create("pvc-1", POOL, 32 * MIB).getPath();
        assertThat(listed()).containsPattern(path + " +32.0MB");
        Path pod = scene.path("pod");
        agent.publish("pvc-1", scene.newDirectory("staging"), pod);
        try {
            assertThat(Files.getFileStore(pod).getTotalSpace()).isEqualTo(32 * MIB);
            assertThat(Load.write(pod.resolve("a"), 64 * MIB)).isBetween(30 * MIB, 40 * MIB);
            var _ = agent.expand("pvc-1", 64 * MIB);
            assertThat(listed()).containsPattern(path + " +64.0MB");
            assertThat(Load.write(pod.resolve("b"), 16 * MIB)).isEqualTo(16 * MIB);
        } finally {
            agent.unpublish("pvc-1", scene.path("staging"), pod);
        }
        agent.delete("pvc-1");
        assertThat(agent.list()).isEmpty();
    }

    private String listed() {
        return cluster.gluster("volume", "quota", "data", "list");
    }

    @Test
    void whoeverIsNotKnownIsToldNothingAndTheReasonIsNamed() throws Exception {
        SshServer.makeKey(scene.path("other"));
        Path wrong = scene.path("wrong");
        Files.writeString(wrong, cluster.addresses().get(1) + " " + Files.readString(scene.path("other.pub")));
        var _ = agent.apply(spec(scene.path("key"), wrong));
        assertThatThrownBy(() -> agent.create("pvc-1", POOL, 32 * MIB))
                .hasMessageContaining("UNAVAILABLE")
                .hasMessageContaining("Host key verification failed")
                .hasMessageContaining("add the key of " + cluster.addresses().get(1) + " to " + wrong)
                .hasMessageContaining(cluster.addresses().getFirst() + ": ssh: connect to host")
                .hasMessageContaining("start sshd there");
        assertThat(agent.list()).isEmpty();
        agent.remove(POOL, false);

        var _ = agent.apply(spec(scene.path("other"), scene.path("known")));
        assertThatThrownBy(() -> agent.create("pvc-1", POOL, 32 * MIB))
                .hasMessageContaining("Permission denied")
                .hasMessageContaining("authorized_keys of root");
        agent.remove(POOL, false);

        assertThat(agent.apply(spec(scene.path("no-key"), scene.path("known"))).getMessage())
                .contains("the key " + scene.path("no-key") + " is not there");
        assertThatThrownBy(() -> agent.create("pvc-1", POOL, 32 * MIB))
                .hasMessageContaining("the key " + scene.path("no-key") + " is not there");
        assertThat(agent.list()).isEmpty();
    }
}
