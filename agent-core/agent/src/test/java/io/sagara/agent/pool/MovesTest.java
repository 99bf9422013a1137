package io.sagara.agent.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.sagara.api.v1.BrickSpec;
import io.sagara.api.v1.LayoutType;
import io.sagara.api.v1.PoolSpec;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import io.sagara.spi.StorageUnit;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/// What may become of a unit that moves, as the agent of n1 sees it.
class MovesTest {
    private final PoolPlan plan = new PoolPlan("n1", "10.0.0.1", UUID::randomUUID, Path.of("/state/tls"));
    private final UUID id = UUID.randomUUID();
    private final UUID brick = UUID.randomUUID();

    private PoolSpec pool(String node, String holder) {
        return pool("pvc", node, holder);
    }

    private PoolSpec pool(String type, String node, String holder) {
        BrickSpec.Builder unit = BrickSpec.newBuilder()
                .setNode(node)
                .setType(type)
                .setSource("disk")
                .setNodeId(brick.toString())
                .setAddress("10.0.0.7")
                .setPort(24_100);
        if (!holder.isEmpty()) {
            unit.putUnitOptions(StorageUnit.HOLDER, holder);
        }
        return PoolSpec.newBuilder()
                .setName("p1")
                .setId(id.toString())
                .setLayout(LayoutType.REPLICA1)
                .addClients("10.0.0.1")
                .addBricks(unit)
                .build();
    }

    private void accepts(PoolSpec was, PoolSpec asked) {
        assertThat(plan.complete(asked, Optional.of(was))).isEqualTo(asked);
    }

    private void refuses(Problem problem, PoolSpec was, PoolSpec asked, String words) {
        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(() -> plan.complete(asked, Optional.of(was)))
                .withMessageContaining(words)
                .satisfies(e -> assertThat(e.problem()).isEqualTo(problem));
    }

    @Test
    void aUnitLeavesItsNodeAndComesToTheNext() {
        accepts(pool("n1", "a"), pool("", "a"));
        accepts(pool("", "a"), pool("n2", "b"));
        accepts(pool("n2", "b"), pool("", "b"));
        accepts(pool("", "b"), pool("n1", "c"));
    }

    @Test
    void aNodeMayMissThatItWasOnNone() {
        accepts(pool("n2", "a"), pool("n1", "b"));
    }

    @Test
    void aUnitIsNotTakenAgainFromAHolderThatGotItBack() {
        refuses(Problem.IN_USE, pool("", "a"), pool("n1", "a"), "was given back to its holder a");
    }

    @Test
    void onlyUnitsWithAHolderMove() {
        refuses(Problem.INVALID_ARGUMENT, pool("path", "n1", ""), pool("path", "n2", ""), "cannot become");
        refuses(Problem.INVALID_ARGUMENT, pool("pvc", "n1", "a"), pool("path", "n1", "a"), "cannot become");
    }

    @Test
    void aMoveIsAnotherNodeOrAnotherHolderAndNothingElse() {
        assertThat(Moves.any(pool("n1", "a"), pool("n1", "a"))).isFalse();
        assertThat(Moves.any(pool("n1", "a"), pool("n1", "b"))).isTrue();
        assertThat(Moves.any(pool("n1", "a"), pool("", "a"))).isTrue();
        PoolSpec.Builder readdressed = pool("n1", "a").toBuilder();
        readdressed.getBricksBuilder(0).setAddress("10.0.0.9");
        assertThat(Moves.any(pool("n1", "a"), readdressed.build())).isFalse();
    }
}
