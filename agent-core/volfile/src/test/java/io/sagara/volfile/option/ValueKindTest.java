package io.sagara.volfile.option;

import static org.assertj.core.api.Assertions.assertThat;

import io.sagara.volfile.option.ValueKind.Choice;
import io.sagara.volfile.option.ValueKind.Only;
import io.sagara.volfile.option.ValueKind.Percent;
import io.sagara.volfile.option.ValueKind.PercentOrSize;
import io.sagara.volfile.option.ValueKind.Size;
import io.sagara.volfile.option.ValueKind.Switch;
import io.sagara.volfile.option.ValueKind.Time;
import io.sagara.volfile.option.ValueKind.Whole;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ValueKindTest {
    @ParameterizedTest
    @ValueSource(strings = {"on", "yes", "true", "enable", "1", "On", "TRUE"})
    void everyYesBecomesOn(String value) {
        assertThat(new Switch().parse(value)).contains("on");
    }

    @ParameterizedTest
    @ValueSource(strings = {"off", "no", "false", "disable", "0", "OFF"})
    void everyNoBecomesOff(String value) {
        assertThat(new Switch().parse(value)).contains("off");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "maybe", "2", "onn"})
    void otherWordsAreNoSwitch(String value) {
        assertThat(new Switch().parse(value)).isEmpty();
    }

    @Test
    void wholeNumbersHaveBothEndsIncluded() {
        var kind = new Whole(-1, 16);

        assertThat(kind.parse("-1")).contains("-1");
        assertThat(kind.parse("16")).contains("16");
        for (String wrong : List.of("-2", "17", "", "1.5", "1e3", "0x1", "+1", "99999999999999999999", "٣")) {
            assertThat(kind.parse(wrong)).as(wrong).isEmpty();
        }
    }

    @Test
    void sizesTakeTheUnitsOfGlusterFs() {
        var kind = new Size(4_096, 1_048_576);

        for (String right : List.of("4096", "4096B", "4KB", "4kb", "1MB", "0.5MB", "1024KB")) {
            assertThat(kind.parse(right)).as(right).contains(right);
        }
        for (String wrong :
                List.of("4095", "1.1MB", "2MB", "1GB", "4K", "4KiB", "-1", "MB", "", "4 KB", "9999999999PB")) {
            assertThat(kind.parse(wrong)).as(wrong).isEmpty();
        }
    }

    @Test
    void percentagesEndAtAHundred() {
        for (String right : List.of("0", "10%", "100", "99.5%")) {
            assertThat(new Percent().parse(right)).as(right).contains(right);
        }
        for (String wrong : List.of("101", "100.1%", "-1", "%", "10 %", "")) {
            assertThat(new Percent().parse(wrong)).as(wrong).isEmpty();
        }
    }

    @Test
    void aShareMayBeASize() {
        for (String right : List.of("10%", "10GB", "5")) {
            assertThat(new PercentOrSize().parse(right)).as(right).contains(right);
        }
        for (String wrong : List.of("110%", "much", "-1GB")) {
            assertThat(new PercentOrSize().parse(wrong)).as(wrong).isEmpty();
        }
    }

    @Test
    void timesTakeTheUnitsOfGlusterFs() {
        var kind = new Time(1, 86_400);

        for (String right : List.of("1", "30s", "30sec", "2m", "2min", "24h", "1hr", "1d", "1days")) {
            assertThat(kind.parse(right)).as(right).contains(right);
        }
        for (String wrong : List.of("0", "86401", "25h", "2d", "1w", "1wk", "1day", "1 min", "-1", "", "1S")) {
            assertThat(kind.parse(wrong)).as(wrong).isEmpty();
        }
    }

    @Test
    void aChoiceIsWrittenAsGlusterFsWritesIt() {
        var kind = new Choice(List.of("INFO", "ERROR"));

        assertThat(kind.parse("info")).contains("INFO");
        assertThat(kind.parse("warn")).isEmpty();
        assertThat(kind.allowed()).isEqualTo("one of INFO, ERROR");
    }

    @Test
    void aFixedOptionMayBeStatedButNotChanged() {
        var kind = new Only(new Switch(), "off", "it hurts");

        assertThat(kind.parse("disable")).contains("off");
        assertThat(kind.parse("on")).isEmpty();
        assertThat(kind.allowed()).isEqualTo("'off' and nothing else, because it hurts");
    }
}
