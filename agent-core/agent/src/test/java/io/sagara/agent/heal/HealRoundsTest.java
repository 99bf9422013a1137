package io.sagara.agent.heal;

import static org.assertj.core.api.Assertions.assertThat;

import io.sagara.spi.Pool;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import io.sagara.spi.StorageUnit;
import io.sagara.testkit.Pools;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class HealRoundsTest {
    private final AtomicInteger begun = new AtomicInteger();
    private final Pool pool = Pools.replica1("p1", new StorageUnit("n1", "path", "/d", Map.of()));
    private Instant now = Instant.EPOCH;

    private final HealRounds rounds = new HealRounds(_ -> begun.incrementAndGet(), () -> now, Runnable::run);

    private int begunWithin(HealRounds tested, long seconds, long pending) {
        begun.set(0);
        for (long i = 0; i < seconds; i++) {
            now = now.plusSeconds(1);
            tested.look(pool, pending);
        }
        return begun.get();
    }

    @Test
    void withoutPendingHealsNothingIsBegun() {
        assertThat(begunWithin(rounds, 100, 0)).isZero();
    }

    @Test
    void healsThatStayPendingAreAskedForEverMoreSeldom() {
        // after 6, 11, 21, 41 and 81 seconds, then every minute
        assertThat(begunWithin(rounds, 140, 7)).isEqualTo(5);
    }

    @Test
    void healsThatBecomeFewerAreAskedForSoon() {
        assertThat(begunWithin(rounds, 140, 7)).isEqualTo(5);
        assertThat(begunWithin(rounds, 6, 6)).isEqualTo(2);
    }

    @Test
    void aDaemonThatDoesNotAnswerIsAskedAgain() {
        HealRounds deaf = new HealRounds(
                _ -> {
                    begun.incrementAndGet();
                    throw new StorageException(Problem.UNAVAILABLE, "no answer; look at it");
                },
                () -> now,
                Runnable::run);
        assertThat(begunWithin(deaf, 40, 7)).isEqualTo(3);
    }
}
