package io.sagara.agent.quota;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sagara.spi.Bytes;
import io.sagara.spi.StorageException;
import java.nio.ByteBuffer;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;

class QuotaProperties {
    @Property
    void aLimitComesBackAsItWasWritten(@ForAll @LongRange(min = 1) long bytes) {
        var limit = new QuotaLimit(new Bytes(bytes));

        assertThat(QuotaLimit.decode(limit.encode())).contains(limit);
    }

    @Property
    void theHardLimitComesFirstAndTheSoftOneIsTheDefault(@ForAll @LongRange(min = 1) long bytes) {
        var numbers = ByteBuffer.wrap(new QuotaLimit(new Bytes(bytes)).encode());

        assertThat(numbers.getLong()).isEqualTo(bytes);
        assertThat(numbers.getLong()).isEqualTo(-1);
        assertThat(numbers.hasRemaining()).isFalse();
    }

    @Property
    void aLimitThatIsNotPositiveIsNone(@ForAll @LongRange(max = 0, min = Long.MIN_VALUE) long hard, @ForAll long soft) {
        assertThat(QuotaLimit.decode(
                        ByteBuffer.allocate(16).putLong(hard).putLong(soft).array()))
                .isEmpty();
    }

    @Property
    void anyBytesAreALimitOrNoneOrRefused(@ForAll @Size(max = 40) byte[] value) {
        if (value.length < 8) {
            assertThatThrownBy(() -> QuotaLimit.decode(value)).isInstanceOf(StorageException.class);
        } else {
            assertThat(QuotaLimit.decode(value).isPresent())
                    .isEqualTo(ByteBuffer.wrap(value).getLong() > 0);
        }
    }

    @Property
    void usageComesBackAsItWasWrittenAndIsNeverNegative(
            @ForAll long size, @ForAll long files, @ForAll long directories) {
        var usage = QuotaUsage.decode(ByteBuffer.allocate(24)
                .putLong(size)
                .putLong(files)
                .putLong(directories)
                .array());

        assertThat(usage)
                .isEqualTo(new QuotaUsage(new Bytes(Math.max(0, size)), Math.max(0, files), Math.max(0, directories)));
    }

    @Property
    void aUsageOfAnotherLengthIsRefused(@ForAll @Size(max = 40) byte[] value) {
        if (value.length != 24) {
            assertThatThrownBy(() -> QuotaUsage.decode(value))
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining(value.length + " bytes");
        }
    }
}
