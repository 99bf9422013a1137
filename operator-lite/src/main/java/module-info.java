/// The operator: one instance on each node. It gives the node's agent, which it knows through its API alone,
/// the pools that the cluster's KadaluStorage objects describe, and reports on them. An executable; it
/// exports nothing.
module io.sagara.operator {
    // annotations in the class files of the client
    requires static com.fasterxml.jackson.annotation;
    requires static org.jspecify;
    requires com.google.protobuf.util;
    requires io.sagara.api;
    requires io.sagara.resource;
    // of the client, which as an automatic module does not say what it needs
    requires java.net.http;
    requires kubernetes.client;
    requires kubernetes.client.api;
    requires kubernetes.httpclient.jdk;
    requires kubernetes.model.common;
    requires kubernetes.model.core;
    requires kubernetes.model.storageclass;
    requires org.slf4j;
    // System.Logger and java.util.logging, which the libraries use, end in slf4j as well
    requires jul.to.slf4j;
}
