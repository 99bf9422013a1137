package io.sagara.agent.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class TailTest {
    @Test
    void outputThatFitsIsKeptWhole() throws IOException {
        assertThat(tail(8, "12345678")).isEqualTo("12345678");
    }

    @Test
    void ofLongerOutputTheEndIsKeptAndTheLossIsTold() throws IOException {
        assertThat(tail(4, "123456789")).isEqualTo("[5 bytes before this were dropped]\n6789");
    }

    @Test
    void outputOfManyChunksWrapsAroundInOrder() throws IOException {
        String text = "0123456789".repeat(5_000);
        assertThat(tail(9_973, text)).endsWith("\n" + text.substring(text.length() - 9_973));
    }

    private static String tail(int limit, String text) throws IOException {
        Tail tail = new Tail(limit);
        tail.drain(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
        return tail.text();
    }
}
