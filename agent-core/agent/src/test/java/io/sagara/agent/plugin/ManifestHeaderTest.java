package io.sagara.agent.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class ManifestHeaderTest {
    @Test
    void commasAndSemicolonsInQuotesPartNothing() {
        String text = "a.b;version=\"[1.0,2)\";uses:=\"x,y;z\" , c.d ;resolution:=optional,e;f; version=3";
        assertThat(ManifestHeader.parse(text).clauses())
                .containsExactly(
                        new ManifestHeader.Clause(List.of("a.b"), Map.of("version", "[1.0,2)", "uses:", "x,y;z")),
                        new ManifestHeader.Clause(List.of("c.d"), Map.of("resolution:", "optional")),
                        new ManifestHeader.Clause(List.of("e", "f"), Map.of("version", "3")));
    }

    @Test
    void aPathIsFoundByItsWholeName() {
        ManifestHeader header = ManifestHeader.parse("io.sagara.spi.more,io.sagara.spi;version=1");
        assertThat(header.find("io.sagara.spi").orElseThrow().attributes()).containsEntry("version", "1");
        assertThat(header.find("io.sagara")).isEmpty();
    }
}
