package io.sagara.agent.process.life;

import static org.assertj.core.api.Assertions.assertThat;

import io.sagara.agent.process.life.DaemonWorld.Happening;
import java.time.Duration;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.statistics.Statistics;

/// The life of a daemon in a [DaemonWorld], where everything that may happen happens in any order.
class DaemonLifeProperties {
    @Property(tries = 3000)
    void noOrderOfEventsGivesTwoLivePids(@ForAll("stories") List<Happening> story) {
        DaemonWorld world = new DaemonWorld(Patience.DEFAULT);
        for (Happening happening : story) {
            world.happens(happening);
            assertThat(world.live()).as(world::story).isLessThanOrEqualTo(1);
        }
        Statistics.label("processes started").collect(Math.min(world.everStarted(), 5));
    }

    @Property(tries = 2000)
    void aStopLeavesNothingAndStartsNothing(@ForAll("stories") List<Happening> story) {
        DaemonWorld world = new DaemonWorld(Patience.DEFAULT);
        story.forEach(world::happens);
        world.happens(Happening.STOP);
        int launchesBefore = world.launchesBegun();
        for (Happening happening : story) {
            if (happening != Happening.START) {
                world.happens(happening);
            }
        }
        assertThat(world.launchesBegun()).as(world::story).isEqualTo(launchesBefore);
        world.settle();
        assertThat(world.state()).as(world::story).isInstanceOf(DaemonState.Stopped.class);
        assertThat(world.live()).isZero();
    }

    @Property(tries = 2000)
    void inAFairWorldItRunsAgainAfterWhateverHappened(@ForAll("stories") List<Happening> story) {
        DaemonWorld world = new DaemonWorld(Patience.DEFAULT);
        story.forEach(world::happens);
        world.happens(Happening.START);
        world.settle();
        assertThat(world.state()).as(world::story).isInstanceOf(DaemonState.Running.class);
        assertThat(world.live()).isEqualTo(1);
    }

    @Property
    void aDaemonAgentLeftBehindIsAdoptedByTheNext(@ForAll("stories") List<Happening> story) {
        DaemonWorld world = new DaemonWorld(Patience.DEFAULT);
        story.forEach(world::happens);
        int live = world.live();
        world.newAgent();
        world.happens(Happening.START);
        world.settle();
        assertThat(world.live()).isEqualTo(1);
        assertThat(world.startedByThisAgent()).as(world::story).isEqualTo(1 - live);
    }

    @Property
    void backoffGrowsAndNeverExceedsTheLongest(
            @ForAll @IntRange(min = 1, max = 100_000) int maxMillis,
            @ForAll @IntRange(min = 1, max = 200) int failures) {
        Duration first = Duration.ofMillis(Math.min(1000, maxMillis));
        Duration max = Duration.ofMillis(maxMillis);
        Patience patience = new Patience(first, max, first, first, first, first);
        assertThat(patience.backoff(failures)).isBetween(first, max);
        assertThat(patience.backoff(failures + 1)).isGreaterThanOrEqualTo(patience.backoff(failures));
    }

    @Provide
    Arbitrary<List<Happening>> stories() {
        return Arbitraries.of(Happening.class).list().ofMaxSize(60);
    }
}
