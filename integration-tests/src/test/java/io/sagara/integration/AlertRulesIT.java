package io.sagara.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Each alert rule against made-up series, evaluated by Prometheus itself.
class AlertRulesIT {
    @Test
    void eachAlertFiresForWhatItIsMeantForAndForNothingElse(@TempDir Path directory) throws IOException {
        Path promtool = GoTool.cache().resolve("promtool/promtool");
        assumeTrue(
                Files.isExecutable(promtool),
                "SKIPPED: promtool is not there; './sagara test' takes it out of Debian's package prometheus");
        List<String> rules = rules();
        Files.write(directory.resolve("alerts.yaml"), rules);
        Path tests = Files.copy(Path.of("src/test/resources/monitoring/alerts-test.yaml"), directory.resolve("t.yaml"));
        Shell.check(promtool.toString(), "test", "rules", tests.toString());

        // the test above says nothing of a rule that it does not name
        String tested = Files.readString(tests);
        assertThat(rules)
                .filteredOn(line -> line.contains("- alert: "))
                .hasSizeGreaterThan(5)
                .allSatisfy(line -> assertThat(tested).contains("alertname: " + line.substring(line.indexOf(':') + 2)));
    }

    /// The `spec` of the PrometheusRule, which is what Prometheus reads.
    private static List<String> rules() throws IOException {
        return Files.readAllLines(Scene.home().resolve("deploy/monitoring/alerts.yaml")).stream()
                .dropWhile(line -> !line.equals("spec:"))
                .skip(1)
                .map(line -> line.replaceFirst("^ {2}", ""))
                .toList();
    }
}
