package io.sagara.volfile.option;

import static org.assertj.core.api.Assertions.assertThat;

import io.sagara.volfile.GlusterFacts;
import io.sagara.volfile.GlusterFacts.Fact;
import io.sagara.volfile.option.UserOption.Slot;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The catalogue against the option tables of the translators themselves.
class CatalogueFactsTest {
    static Stream<UserOption> options() {
        return Stream.of(PerformanceOptions.ALL, ClusterOptions.ALL, NetworkOptions.ALL, BrickOptions.ALL)
                .flatMap(List::stream);
    }

    @ParameterizedTest
    @MethodSource("options")
    void everyOptionIsOneOfItsTranslator(UserOption option) {
        for (Slot slot : option.slots()) {
            assertThat(GlusterFacts.find(slot.type(), slot.key()))
                    .as(slot.toString())
                    .isPresent();
        }
    }

    @ParameterizedTest
    @MethodSource("options")
    void whatTheCatalogueAllowsTheTranslatorTakes(UserOption option) {
        for (Slot slot : option.slots()) {
            Fact fact = GlusterFacts.find(slot.type(), slot.key()).orElseThrow();
            assertThat(accepts(fact, option.kind())).as(option + " and " + fact).isTrue();
        }
    }

    private static boolean accepts(Fact fact, ValueKind kind) {
        return switch (kind) {
            case ValueKind.Switch _ -> List.of("bool", "any", "str").contains(fact.kind());
            case ValueKind.Whole(long min, long max) -> fact.kind().equals("int") && within(fact, min, max);
            case ValueKind.Size(long min, long max) -> fact.kind().equals("size") && within(fact, min, max);
            case ValueKind.Time(long min, long max) ->
                List.of("time", "int").contains(fact.kind()) && within(fact, min, max);
            case ValueKind.Percent _ -> fact.kind().equals("percent");
            case ValueKind.PercentOrSize _ -> fact.kind().equals("percent|size");
            case ValueKind.Choice _ -> List.of("str", "bool").contains(fact.kind());
            case ValueKind.Text _ -> List.of("str", "int").contains(fact.kind());
            case ValueKind.Only _ -> false;
        };
    }

    private static boolean within(Fact fact, long min, long max) {
        return fact.max() == 0 || (min >= fact.min() && max <= fact.max());
    }
}
