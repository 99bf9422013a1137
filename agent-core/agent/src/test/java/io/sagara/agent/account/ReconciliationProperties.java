package io.sagara.agent.account;

import static org.assertj.core.api.Assertions.assertThat;

import io.sagara.spi.Bytes;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class ReconciliationProperties {
    @Property
    void whatAgreesIsLeftAlone(
            @ForAll("size") Optional<Bytes> size, @ForAll boolean mayCountMore, @ForAll boolean mayCountLess) {
        assertThat(Reconciliation.of(size, size, mayCountMore, mayCountLess)).isEqualTo(Reconciliation.AGREED);
    }

    @Property
    void whatDiffersIsCorrectedByOneWhoMayDoBoth(
            @ForAll("size") Optional<Bytes> volume, @ForAll("size") Optional<Bytes> row) {
        assertThat(Reconciliation.of(volume, row, true, true))
                .isEqualTo(volume.equals(row) ? Reconciliation.AGREED : Reconciliation.CORRECT);
    }

    @Property
    void noPromiseIsTakenBackWithoutTheRightToCountLess(
            @ForAll("size") Optional<Bytes> volume, @ForAll("size") Optional<Bytes> row, @ForAll boolean mayCountMore) {
        if (Reconciliation.of(volume, row, mayCountMore, false) == Reconciliation.CORRECT) {
            assertThat(volume).isPresent();
            assertThat(volume.get()).isGreaterThanOrEqualTo(row.orElse(Bytes.ZERO));
        }
    }

    @Property
    void theRightToCountLessIsNoRightToCountMore(
            @ForAll("size") Optional<Bytes> volume, @ForAll("size") Optional<Bytes> row) {
        if (Reconciliation.of(volume, row, false, true) == Reconciliation.CORRECT) {
            assertThat(volume.orElse(Bytes.ZERO)).isLessThanOrEqualTo(row.orElseThrow());
        }
    }

    @Provide
    Arbitrary<Optional<Bytes>> size() {
        return Arbitraries.longs().between(0, 3).map(Bytes::new).optional();
    }
}
