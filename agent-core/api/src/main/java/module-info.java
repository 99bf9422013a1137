/// The agent's gRPC API: generated messages and stubs, the mapping of problems to statuses, and the unix-socket
/// channel both sides use.
module io.sagara.api {
    requires static transitive org.jspecify;
    requires transitive io.sagara.spi;
    requires transitive io.grpc;
    requires transitive io.grpc.stub;
    requires transitive io.grpc.protobuf;
    requires transitive com.google.protobuf;
    requires transitive com.google.common;
    requires io.grpc.netty;
    requires io.netty.common;
    requires io.netty.transport;
    requires io.netty.transport.unix.common;
    requires io.netty.transport.classes.epoll;

    exports io.sagara.api;
    exports io.sagara.api.v1;
}
