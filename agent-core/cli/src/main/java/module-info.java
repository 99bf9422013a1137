/// The `sagara` command: serves pools on this machine without Kubernetes, and shows and changes what an agent
/// serves. An executable; it exports nothing.
module io.sagara.cli {
    requires static org.jspecify;
    requires com.google.protobuf.util;
    requires info.picocli;
    requires io.sagara.api;
    requires io.sagara.resource;
    requires java.logging;
}
