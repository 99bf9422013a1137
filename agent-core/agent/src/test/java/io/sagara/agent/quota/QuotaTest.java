package io.sagara.agent.quota;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sagara.spi.Bytes;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class QuotaTest {
    @Test
    void aLimitIsWrittenAsGlusterfsReadsIt() {
        assertThat(new QuotaLimit(Bytes.mib(64)).encode())
                .isEqualTo(HexFormat.of().parseHex("0000000004000000ffffffffffffffff"));
    }

    @Test
    void usageIsReadAsGlusterfsWritesIt() {
        var value = HexFormat.of().parseHex("0000000000a0000000000000000000020000000000000002");

        assertThat(QuotaUsage.decode(value)).isEqualTo(new QuotaUsage(Bytes.mib(10), 2, 2));
    }

    @Test
    void aLimitOfZeroIsRefused() {
        assertThatThrownBy(() -> new QuotaLimit(Bytes.ZERO))
                .isInstanceOfSatisfying(
                        StorageException.class, e -> assertThat(e.problem()).isEqualTo(Problem.INVALID_ARGUMENT));
    }
}
