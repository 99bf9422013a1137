package io.sagara.resource;

import static org.assertj.core.api.Assertions.assertThat;

import io.sagara.api.v1.BrickSpec;
import io.sagara.api.v1.PoolSpec;
import java.util.List;

/// KadaluStorage texts by intent, and what came of them.
final class Storage {
    static final Nodes HERE = new Nodes.Only("localhost", List.of("host1", "host1.example.org"));

    private Storage() {}

    /// A document with this name and these lines of spec.
    static String pool(String name, String... spec) {
        return """
                ---
                apiVersion: kadalu-operator.storage/v1alpha1
                kind: KadaluStorage
                metadata:
                  name: %s
                spec:
                """.formatted(name) + "  " + String.join("\n  ", spec) + "\n";
    }

    /// A Replica1 pool of one unit with these lines.
    static String unit(String... fields) {
        return pool("p1", "type: Replica1", "storage:", "  - " + String.join("\n      ", fields));
    }

    static List<PoolSpec> accepted(String text) {
        return accepted(text, HERE);
    }

    static List<PoolSpec> accepted(String text, Nodes nodes) {
        Checked checked = StorageCheck.check(text, nodes);
        assertThat(checked).as(text).isInstanceOf(Checked.Pools.class);
        return ((Checked.Pools) checked).pools();
    }

    static BrickSpec acceptedUnit(String... fields) {
        return accepted(unit(fields)).getFirst().getBricks(0);
    }

    static List<String> refused(String text) {
        return refused(text, HERE);
    }

    static List<String> refused(String text, Nodes nodes) {
        Checked checked = StorageCheck.check(text, nodes);
        assertThat(checked).as(text).isInstanceOf(Checked.Refused.class);
        return ((Checked.Refused) checked)
                .findings().stream().map(Finding::toString).toList();
    }
}
