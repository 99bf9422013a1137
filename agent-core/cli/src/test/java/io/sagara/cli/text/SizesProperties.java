package io.sagara.cli.text;

import static org.assertj.core.api.Assertions.assertThat;

import io.sagara.spi.Bytes;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;

final class SizesProperties {
    @Property
    void whatIsShownOfWholeUnitsIsReadBack(@ForAll @LongRange(min = 1, max = 1023) long count) {
        assertThat(Sizes.parse(Sizes.shown(count << 20))).isEqualTo(Bytes.mib(count));
        assertThat(Sizes.parse(Sizes.shown(count << 30))).isEqualTo(Bytes.gib(count));
    }
}
