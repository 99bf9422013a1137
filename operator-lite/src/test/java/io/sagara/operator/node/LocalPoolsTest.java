package io.sagara.operator.node;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.sagara.api.v1.PoolSpec;
import io.sagara.api.v1.Tls;
import io.sagara.api.v1.TlsMaterial;
import io.sagara.operator.Clock;
import io.sagara.operator.Pools;
import io.sagara.operator.crd.Json;
import io.sagara.operator.crd.NodeReport;
import io.sagara.operator.crd.PoolResource;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class LocalPoolsTest {
    private final FakeAgent agent = new FakeAgent();
    private final FakeObjects objects = new FakeObjects();
    private final Clock clock = new Clock();
    /// Work that was begun and is not done yet.
    private final Deque<Runnable> aside = new ArrayDeque<>();
    private final LocalPools pools = new LocalPools("n1", objects, agent, aside::add, () -> {}, clock);

    private static final class FakeObjects implements Objects {
        final Map<String, PoolResource> pools = new TreeMap<>();
        final Set<String> gone = new HashSet<>();
        final List<NodeReport> reports = new ArrayList<>();
        final Map<String, TlsMaterial> secrets = new TreeMap<>();
        boolean known = true;
        boolean away;

        @Override
        public boolean known() {
            return known;
        }

        @Override
        public List<PoolResource> pools() {
            return List.copyOf(pools.values());
        }

        @Override
        public boolean gone(String pool) {
            return gone.contains(pool);
        }

        @Override
        public TlsMaterial secret(String name) {
            TlsMaterial secret = secrets.get(name);
            if (secret == null) {
                throw new StorageException(Problem.NOT_FOUND, "there is no Secret " + name);
            }
            return secret;
        }

        @Override
        public void report(NodeReport report) {
            if (away) {
                throw new StorageException(Problem.UNAVAILABLE, "the API server is away");
            }
            reports.add(report);
        }

        NodeReport last() {
            return reports.getLast();
        }
    }

    private PoolSpec plan(String name) {
        PoolSpec plan = PoolSpec.newBuilder().setName(name).setId("id-" + name).build();
        objects.pools.put(name, Pools.planned(name, Map.of(), plan));
        return plan;
    }

    /// A round with all that it begins, and one that sees the outcome.
    private void round() {
        pools.round();
        while (!aside.isEmpty()) {
            aside.pop().run();
        }
        pools.round();
    }

    @Test
    void plansAreAppliedOnceAndReported() {
        PoolSpec plan = plan("p1");
        round();
        round();
        assertThat(agent.served).containsEntry("p1", plan);
        assertThat(agent.calls).containsExactly("apply p1");
        assertThat(objects.last().pools()).containsKey("p1");
        assertThat(objects.last().failures()).isEmpty();
    }

    private static TlsMaterial certificates(String text) {
        return TlsMaterial.newBuilder()
                .setCertificate(ByteString.copyFromUtf8(text))
                .build();
    }

    @Test
    void certificatesOfASecretComeWithThePoolAndAgainWhenTheyAreRenewed() {
        PoolSpec plan = PoolSpec.newBuilder()
                .setName("p1")
                .setId("id-p1")
                .setTls(Tls.newBuilder().setSecretName("s1"))
                .build();
        objects.pools.put("p1", Pools.planned("p1", Map.of(), plan));
        round();
        assertThat(agent.served).isEmpty();
        assertThat(objects.last().failures()).containsEntry("p1", "there is no Secret s1");

        objects.secrets.put("s1", certificates("first"));
        clock.advance(Duration.ofMinutes(1));
        round();
        assertThat(agent.certificates).containsEntry("p1", certificates("first"));
        assertThat(objects.last().failures()).isEmpty();
        round();
        clock.advance(Duration.ofMinutes(2));
        round();
        assertThat(agent.calls).containsExactly("apply p1");

        objects.secrets.put("s1", certificates("second"));
        clock.advance(Duration.ofMinutes(2));
        round();
        assertThat(agent.certificates).containsEntry("p1", certificates("second"));
        assertThat(agent.calls).containsExactly("apply p1", "apply p1");

        objects.secrets.clear();
        clock.advance(Duration.ofMinutes(2));
        round();
        assertThat(agent.served).containsKey("p1");
        assertThat(objects.last().failures()).containsEntry("p1", "there is no Secret s1");
    }

    @Test
    void anAgentThatLostAPoolGetsItAgain() {
        plan("p1");
        round();
        agent.served.clear();
        round();
        assertThat(agent.served).containsKey("p1");
    }

    @Test
    void aRefusedPoolIsTriedAgainLaterAndHoldsUpNoOther() {
        plan("bad");
        plan("good");
        agent.refusals.put("bad", new StorageException(Problem.INVALID_ARGUMENT, "no such disk"));
        round();
        assertThat(agent.served).containsOnlyKeys("good");
        assertThat(objects.last().failures()).containsEntry("bad", "no such disk");
        round();
        assertThat(agent.calls).containsExactly("apply bad", "apply good");
        agent.refusals.clear();
        clock.advance(Duration.ofSeconds(2));
        round();
        assertThat(agent.served).containsOnlyKeys("bad", "good");
        assertThat(objects.last().failures()).isEmpty();
    }

    @Test
    void aPoolThatTakesLongIsNotBegunTwice() {
        plan("slow");
        pools.round();
        plan("quick");
        pools.round();
        assertThat(aside).hasSize(2);
        aside.removeLast().run();
        assertThat(agent.served).containsOnlyKeys("quick");
    }

    @Test
    void aPoolWhoseObjectIsNotThereIsRemovedOnlyWhenItIsGoneForSure() {
        plan("p1");
        round();
        objects.pools.clear();
        objects.known = false;
        round();
        objects.known = true;
        round();
        assertThat(agent.served).containsKey("p1");
        objects.gone.add("p1");
        round();
        assertThat(agent.served).isEmpty();
        assertThat(objects.last().pools()).isEmpty();
    }

    @Test
    void aPoolIsLetGoWhenTheLeaderSaysSo() {
        PoolSpec plan = plan("p1");
        round();
        objects.pools.put("p1", Pools.object("p1", Map.of(), Map.of("plan", Json.tree(plan), "removing", true), true));
        agent.refusals.put("p1", new StorageException(Problem.IN_USE, "volume v is published"));
        round();
        assertThat(objects.last().failures()).containsEntry("p1", "volume v is published");
        agent.refusals.clear();
        clock.advance(Duration.ofMinutes(5));
        round();
        assertThat(agent.served).isEmpty();
    }

    @Test
    void anAgentThatIsAwayIsReportedAndNothingIsForgotten() {
        plan("p1");
        round();
        agent.away = true;
        round();
        assertThat(objects.last().trouble()).isEqualTo("the agent does not answer");
        agent.away = false;
        round();
        assertThat(objects.last().trouble()).isEmpty();
        assertThat(agent.calls).containsExactly("apply p1");
    }

    @Test
    void aReportIsRenewedEachMinuteAndAfterAnOutage() {
        round();
        assertThat(objects.reports).hasSize(1);
        clock.advance(Duration.ofSeconds(61));
        objects.away = true;
        round();
        assertThat(objects.reports).hasSize(1);
        objects.away = false;
        round();
        assertThat(objects.reports).hasSize(2);
        assertThat(objects.last().renewed()).isEqualTo(clock.instant());
    }
}
