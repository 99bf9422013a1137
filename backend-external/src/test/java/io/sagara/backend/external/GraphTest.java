package io.sagara.backend.external;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Map;
import org.junit.jupiter.api.Test;

class GraphTest {
    @Test
    void aGraphIsReadAndWrittenAsItWas() {
        assertThat(Graph.parse(Texts.COPIES).text()).isEqualTo(Texts.COPIES);
    }

    @Test
    void theAgentsOwnGraphRemembersNothing() {
        Graph forgetful = Graph.parse(Texts.COPIES).forgetful();
        assertThat(forgetful.text()).doesNotContain("performance/");
        assertThat(Graph.parse(forgetful.text())).isEqualTo(forgetful);
        assertThat(forgetful.translators().getLast().below()).containsExactly("vol-dht");
    }

    @Test
    void namesAreLookedUpEverywhereUnlessTheOwnerSaysOtherwise() {
        assertThat(Graph.parse(Texts.COPIES).forMounts().text()).contains("option lookup-optimize off");
        String chosen = Texts.COPIES.replace("option lock-migration off", "option lookup-optimize on");
        assertThat(Graph.parse(chosen).forMounts().text()).isEqualTo(chosen);
    }

    @Test
    void aSetWithAnArbiterNeedsTwoOfThree() {
        Graph graph = Graph.parse(Texts.COPIES);
        assertThat(graph.sets()).singleElement().satisfies(set -> {
            assertThat(set.enough(Map.of(0, true, 1, false, 2, true))).isTrue();
            assertThat(set.enough(Map.of(0, true, 1, false, 2, false))).isFalse();
        });
    }

    @Test
    void everyBrickIsNeededWhereFilesHaveNoCopies() {
        assertThat(Graph.parse(Texts.spread()).sets()).hasSize(2).allMatch(set -> set.needed() == 1);
    }

    @Test
    void fragmentsCanDoWithoutTheirRedundancy() {
        Graph graph = Graph.parse(Texts.client(0)
                + Texts.client(1)
                + Texts.client(2)
                + Texts.translator(
                        "vol-disperse-0",
                        "cluster/disperse",
                        "    option redundancy 1\n",
                        "vol-client-0 vol-client-1 vol-client-2"));
        assertThat(graph.sets())
                .singleElement()
                .satisfies(set -> assertThat(set.needed()).isEqualTo(2));
    }

    @Test
    void whatIsNoGraphIsRefused() {
        for (String text : new String[] {
            "",
            "volume a\n",
            "volume a\n    type x\n    subvolumes b\nend-volume\n",
            "<html>\n</html>\n",
            Texts.client(0) + Texts.client(0),
            "volume a\nend-volume\n"
        }) {
            assertThatIllegalArgumentException().as(text).isThrownBy(() -> Graph.parse(text));
        }
    }

    @Test
    void quotaIsReadFromTheGraphOfABrick() {
        assertThat(Quota.of(Graph.parse(Texts.brick("    option server-quota off\n"))))
                .isEqualTo(Quota.OFF);
        assertThat(Quota.of(Graph.parse(Texts.brick("    option server-quota on\n"))))
                .isEqualTo(Quota.LATE);
        assertThat(Quota.of(Graph.parse(Texts.brick(
                        "    option server-quota on\n    option soft-timeout 0\n    option hard-timeout 0\n"))))
                .isEqualTo(Quota.ENFORCED);
        assertThat(Quota.of(Graph.parse(Texts.client(0)))).isEqualTo(Quota.OFF);
    }
}
