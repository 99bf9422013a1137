package io.sagara.integration;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

/// Tests that stand on chance or take long on a busy disk: `./sagara test --long` runs them too.
final class LongTests {
    private LongTests() {}

    /// Skips the test unless they were asked for.
    static void only() {
        assumeTrue(Boolean.getBoolean("sagara.long"), "SKIPPED: ./sagara test --long runs this one");
    }
}
