/// The KadaluStorage resource that users write, and what turns it into the pools an agent is given.
module io.sagara.resource {
    requires static transitive org.jspecify;
    requires transitive io.sagara.api;
    requires org.snakeyaml.engine.v2;

    exports io.sagara.resource;
}
