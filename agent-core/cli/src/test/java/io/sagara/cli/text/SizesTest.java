package io.sagara.cli.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sagara.spi.StorageException;
import java.util.List;
import org.junit.jupiter.api.Test;

final class SizesTest {
    @Test
    void readsSizesAsPeopleAndKubernetesWriteThem() {
        assertThat(Sizes.parse("4096").value()).isEqualTo(4096);
        assertThat(Sizes.parse("64MiB").value()).isEqualTo(64L << 20);
        assertThat(Sizes.parse("64 Mi").value()).isEqualTo(64L << 20);
        assertThat(Sizes.parse("1.5Gi").value()).isEqualTo(3L << 29);
        assertThat(Sizes.parse("2k").value()).isEqualTo(2000);
        assertThat(Sizes.parse("2KB").value()).isEqualTo(2000);
        assertThat(Sizes.parse("1P").value()).isEqualTo(1_000_000_000_000_000L);
    }

    @Test
    void refusesWhatIsNoSize() {
        for (String text : List.of("", "-1", "much", "1.5", "0.0001Ki", "9999999999P", "1i", "1 M B", "0x10")) {
            assertThatThrownBy(() -> Sizes.parse(text))
                    .as(text)
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining("'" + text + "' is no size");
        }
    }
}
