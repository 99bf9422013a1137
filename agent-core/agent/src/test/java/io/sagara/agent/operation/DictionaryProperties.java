package io.sagara.agent.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.IntRange;

class DictionaryProperties {
    @Property(tries = 50)
    void whatIsEncodedIsDecoded(@ForAll Map<@AlphaChars String, @AlphaChars String> entries) throws IOException {
        assertThat(Dictionary.decoded(Dictionary.encoded(entries))).isEqualTo(entries);
    }

    @Property(tries = 50)
    void whatIsCutShortIsRefused(@ForAll @IntRange(min = 1, max = 20) int cut) {
        byte[] whole = Dictionary.encoded(Map.of("xl-op", "1", "count", "12"));
        byte[] part = Arrays.copyOf(whole, whole.length - cut);
        assertThatThrownBy(() -> Dictionary.decoded(part)).isInstanceOf(IOException.class);
    }
}
