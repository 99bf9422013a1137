/// The demo, the benchmarks and what the integration tests share. An executable; it exports nothing.
module io.sagara.integration {
    requires static org.jspecify;
    requires io.sagara.api;
    requires java.management;
}
