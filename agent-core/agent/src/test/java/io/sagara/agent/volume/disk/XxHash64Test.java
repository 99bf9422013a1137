package io.sagara.agent.volume.disk;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class XxHash64Test {
    // printf %s TEXT | xxhsum -H64; the lengths around 4, 8 and 32 bytes take different ways through the hash
    private static final Map<Integer, String> OF_SO_MANY_X = Map.ofEntries(
            Map.entry(3, "3c3750d957b59c9b"),
            Map.entry(4, "97062684a9165cb8"),
            Map.entry(7, "57abb58a45ee501a"),
            Map.entry(8, "f3844dcda4eeabbf"),
            Map.entry(11, "021b787f3ea40675"),
            Map.entry(12, "282738a998dbbd4e"),
            Map.entry(15, "093f6c0ea54b9e89"),
            Map.entry(31, "60dd0d01083b99f0"),
            Map.entry(32, "e2df261fc2ec30eb"),
            Map.entry(33, "b3fa465f554208a6"),
            Map.entry(63, "b8467bf77f6c2c48"),
            Map.entry(64, "a97161d5402f516e"),
            Map.entry(100, "92f0de5a88a3c094"),
            Map.entry(128, "84bd6dccfa47bcec"));

    @Test
    void thePublishedValueOfTheEmptyInputIsFound() {
        assertThat(XxHash64.hex("")).isEqualTo("ef46db3751d8e999");
    }

    @Test
    void valuesOfTheReferenceProgramAreFound() {
        assertThat(XxHash64.hex("a")).isEqualTo("d24ec4f1a98c6e5b");
        assertThat(XxHash64.hex("pvc-6b3f5d8a-9a2a-4cbd-8d55-95c80d1ae06f")).isEqualTo("0b5f1ca33a522172");
    }

    @Test
    void everyLengthIsHashedAsTheReferenceProgramDoes() {
        OF_SO_MANY_X.forEach((length, hash) -> assertThat(XxHash64.hex("x".repeat(length)))
                .as("%d bytes", length)
                .isEqualTo(hash));
    }
}
