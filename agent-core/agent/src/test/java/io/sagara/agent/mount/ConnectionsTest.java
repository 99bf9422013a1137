package io.sagara.agent.mount;

import static org.assertj.core.api.Assertions.assertThat;

import io.sagara.spi.Layout;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class ConnectionsTest {
    @Test
    void everySetIsCountedByItself() {
        Layout threeCopies = new Layout.Replica3();
        assertThat(new Connections(Map.of(0, true, 1, false, 2, true, 3, true, 4, true, 5, false))
                        .complete(threeCopies::enough))
                .isTrue();
        assertThat(new Connections(Map.of(0, true, 1, false, 2, false, 3, true, 4, true, 5, true))
                        .complete(threeCopies::enough))
                .isFalse();
    }

    @Test
    void withoutCopiesEveryBrickIsNeeded() {
        assertThat(new Connections(Map.of(0, true, 1, true)).complete(new Layout.Replica1()::enough))
                .isTrue();
        assertThat(new Connections(Map.of(0, true, 1, false)).complete(new Layout.Replica1()::enough))
                .isFalse();
    }

    @Test
    void asManyFragmentsAsThereIsDataAreNeeded() {
        Layout fragments = new Layout.Disperse(2, 1);
        assertThat(new Connections(Map.of(0, true, 1, true, 2, false)).complete(fragments::enough))
                .isTrue();
        assertThat(new Connections(Map.of(0, true, 1, false, 2, false)).complete(fragments::enough))
                .isFalse();
    }
}
