/// What a storage backend is written against. It needs the JDK and jspecify only, and shows nothing of the
/// container that loads backends.
module io.sagara.spi {
    requires static transitive org.jspecify;

    exports io.sagara.spi;
}
