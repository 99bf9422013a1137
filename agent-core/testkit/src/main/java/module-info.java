/// What a backend is tested with: the contracts as JUnit tests, and fakes for everything the agent lends.
module io.sagara.testkit {
    requires transitive io.sagara.spi;
    requires transitive org.junit.jupiter.api;
    requires org.assertj.core;
    requires static org.jspecify;

    exports io.sagara.testkit;
    // JUnit calls the tests by reflection
    opens io.sagara.testkit;
}
