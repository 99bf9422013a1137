package io.sagara.cli.launch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

final class BackoffProperties {
    @Property
    void thePauseGrowsToABoundAndIsNeverZero(@ForAll @IntRange(min = 1, max = 1_000_000) int failures) {
        Duration pause = new Backoff(failures).delay();

        assertThat(pause).isBetween(Duration.ofMillis(200), Duration.ofSeconds(30));
        assertThat(new Backoff(failures + 1).delay()).isGreaterThanOrEqualTo(pause);
    }

    @Property
    void aLongRunForgetsEarlierFailures(@ForAll @IntRange(min = 0, max = 100) int failures) {
        assertThat(new Backoff(failures).after(Duration.ofMinutes(1))).isEqualTo(new Backoff(1));
        assertThat(new Backoff(failures).after(Duration.ofSeconds(59))).isEqualTo(new Backoff(failures + 1));
    }
}
