package io.sagara.csi.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sagara.csi.v1.CapacityRange;
import io.sagara.spi.Bytes;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.nio.file.Path;
import java.util.stream.StreamSupport;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.LongRange;

class RequestProperties {
    @Property
    void aNewVolumeHasNeverLessThanRequiredNorMoreThanTheLimit(
            @ForAll @LongRange(min = 0) long required, @ForAll @LongRange(min = 0) long limit) {
        Assume.that(required + limit != 0 && (limit == 0 || limit >= required));
        SizeRange range = SizeRange.of(range(required, limit));
        assertThat(range.contains(range.forNewVolume())).isTrue();
        assertThat(range.forNewVolume().value()).isPositive();
    }

    @Property
    void aRangeContainsExactlyWhatIsBetweenItsEnds(
            @ForAll @LongRange(min = 1, max = 50) long required,
            @ForAll @LongRange(min = 0, max = 50) long more,
            @ForAll @LongRange(min = 0, max = 120) long size) {
        SizeRange range = SizeRange.of(range(required, required + more));
        assertThat(range.contains(new Bytes(size))).isEqualTo(size >= required && size <= required + more);
    }

    @Property
    void noRangeIsReadFromNegativeOrContradictingSizes(@ForAll long required, @ForAll long limit) {
        Assume.that(required < 0 || limit < 0 || (limit > 0 && limit < required));
        assertThatThrownBy(() -> SizeRange.of(range(required, limit)))
                .isInstanceOfSatisfying(
                        StorageException.class,
                        failure -> assertThat(failure.problem()).isEqualTo(Problem.INVALID_ARGUMENT));
    }

    @Property
    void everyTokenOfTheAgentComesBackAsItWas(@ForAll String token) {
        assertThat(PageToken.parse(new PageToken(token).toCsi())).isEqualTo(new PageToken(token));
    }

    @Property
    void aPathIsTakenExactlyWhereItStaysUnderItsParent(@ForAll @Chars({'/', '.', 'a'}) String text) {
        Path path = Path.of("/var/" + text);
        boolean climbs = StreamSupport.stream(path.spliterator(), false).anyMatch(Path.of("..")::equals);
        if (climbs) {
            assertThatThrownBy(() -> Fields.path("p", path.toString())).isInstanceOf(StorageException.class);
        } else {
            assertThat(Path.of(Fields.path("p", path.toString())).normalize().startsWith("/var"))
                    .isTrue();
        }
    }

    @Property
    void whatIsShownIsOneLineAndShort(@ForAll String text) {
        assertThat(Text.shown(text)).doesNotContainPattern("\\p{Cntrl}").hasSizeLessThan(180);
    }

    private static CapacityRange range(long required, long limit) {
        return CapacityRange.newBuilder()
                .setRequiredBytes(required)
                .setLimitBytes(limit)
                .build();
    }
}
