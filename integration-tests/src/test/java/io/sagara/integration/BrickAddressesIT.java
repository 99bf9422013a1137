package io.sagara.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.sagara.api.v1.BrickSpec;
import io.sagara.api.v1.LayoutType;
import io.sagara.api.v1.PoolPhase;
import io.sagara.api.v1.PoolSpec;
import io.sagara.api.v1.PoolStatus;
import io.sagara.integration.cluster.GlusterCluster;
import io.sagara.integration.cluster.Server;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Without TLS, bricks serve the addresses that the pool names, also those that are named later, and nobody else.
/// The clients are in network namespaces with addresses of their own.
class BrickAddressesIT {
    private Scene scene;
    private GlusterCluster network;

    @BeforeEach
    void open() throws Exception {
        scene = new Scene();
        network = scene.keep(GlusterCluster.start(scene.path("cluster")));
    }

    @AfterEach
    void close() throws Exception {
        if (scene != null) {
            scene.close();
        }
    }

    @Test
    void anAddressIsLetInWhenThePoolNamesIt() throws Exception {
        Server named = network.servers().get(0);
        Server other = network.servers().get(1);
        AgentNode agent =
                scene.keep(new AgentNode(Scene.home(), "here", network.here(), scene.path("state"), Map.of()));
        PoolSpec spec = pool(named.address());
        assertThat(agent.apply(spec).getPhase()).isEqualTo(PoolPhase.READY);
        long brick = agent.pool("p1").getBricks(0).getPid();
        try (Stranger served = stranger("served", agent, named)) {
            served.awaitServed();
            try (Stranger refused = stranger("refused", agent, other)) {
                refused.awaitRefused("SETVOLUME on remote-host failed");
            }

            // a node that joins
            var _ = agent.apply(spec.toBuilder().addClients(other.address()).build());
            Await.until(
                    "the brick knows the new address",
                    () -> stranger("joined-" + UUID.randomUUID(), agent, other),
                    BrickAddressesIT::sees);
            served.awaitServed();

            // and one that leaves
            var _ = agent.apply(
                    spec.toBuilder().clearClients().addClients(other.address()).build());
            served.awaitRefused("disconnected from");
        }
        assertThat(agent.pool("p1").getBricks(0).getPid()).isEqualTo(brick);
        agent.remove("p1", true);
    }

    private static boolean sees(Stranger stranger) {
        try (stranger) {
            return stranger.list().output().contains("stat.db");
        }
    }

    private PoolSpec pool(String client) throws Exception {
        return PoolSpec.newBuilder()
                .setName("p1")
                .setId(UUID.randomUUID().toString())
                .setLayout(LayoutType.REPLICA1)
                .addClients(client)
                .addBricks(BrickSpec.newBuilder()
                        .setNode("here")
                        .setType("path")
                        .setSource(scene.newDirectory("data").toString())
                        .setNodeId(UUID.randomUUID().toString())
                        .setAddress(network.here())
                        .setPort(freePort()))
                .build();
    }

    private int freePort() throws Exception {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName(network.here()))) {
            return socket.getLocalPort();
        }
    }

    private Stranger stranger(String name, AgentNode agent, Server from) throws Exception {
        PoolStatus pool = agent.pool("p1");
        return new Stranger(
                scene.path("stranger-" + name),
                from.inNetwork(),
                pool.getBricks(0).getAddress(),
                pool.getBricks(0).getPort(),
                "/bricks/p1/0");
    }
}
