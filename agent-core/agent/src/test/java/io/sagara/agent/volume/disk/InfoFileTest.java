package io.sagara.agent.volume.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonParseException;
import io.sagara.spi.Bytes;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InfoFileTest {
    @Test
    void itIsByteForByteWhatKadaluWrites() {
        // python3 -c 'import json; print(json.dumps({"size": 1073741824, "path_prefix": "subvol/0b/5f"}), end="")'
        assertThat(text(InfoFile.of(Bytes.gib(1), Path.of("subvol/0b/5f"))))
                .isEqualTo("{\"size\": 1073741824, \"path_prefix\": \"subvol/0b/5f\"}");
    }

    @Test
    void anotherSizeKeepsWhatOthersHaveWrittenAndItsOrder() {
        InfoFile info =
                parse("{\"note\":\"a<b\",\"size\":1,\"path_prefix\":\"x\"}\n").withSize(new Bytes(2));
        assertThat(info.size()).isEqualTo(new Bytes(2));
        assertThat(text(info)).isEqualTo("{\"note\": \"a<b\", \"size\": 2, \"path_prefix\": \"x\"}");
    }

    @Test
    void theLargestSizeIsExact() {
        assertThat(parse("{\"size\": 9223372036854775807}").size()).isEqualTo(new Bytes(Long.MAX_VALUE));
        assertThat(parse("{\"size\": 1e9}").size()).isEqualTo(new Bytes(1_000_000_000));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "{\"size\": 10",
                "{\"size\": }",
                "[]",
                "17",
                "{}",
                "{\"size\": null}",
                "{\"size\": \"big\"}",
                "{\"size\": 1.5}",
                "{\"size\": -1}",
                "{\"size\": {}}",
                "{\"size\": 9223372036854775808}",
                "\u0000\u0000\u0000"
            })
    void whatIsNoInfoFileIsRefused(String content) {
        assertThatThrownBy(() -> parse(content)).isInstanceOf(JsonParseException.class);
    }

    private static InfoFile parse(String content) {
        return InfoFile.parse(content.getBytes(StandardCharsets.UTF_8));
    }

    private static String text(InfoFile info) {
        return new String(info.content(), StandardCharsets.UTF_8);
    }
}
