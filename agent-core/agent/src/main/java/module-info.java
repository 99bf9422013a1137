/// The agent: serves pools on this node with GlusterFS and makes volumes in them. An executable; it exports
/// nothing.
module io.sagara.agent {
    requires static org.jspecify;
    requires io.sagara.spi;
    requires io.sagara.volfile;
    requires io.sagara.api;
    requires com.google.gson;
    requires com.google.protobuf.util;
    requires java.naming;
    requires java.sql;
    requires java.xml;
    requires org.xerial.sqlitejdbc;
    requires org.slf4j;
    requires org.jnrproject.jffi;
    requires pf4j;
    requires org.apache.felix.framework;
    requires jdk.httpserver;
    requires io.prometheus.metrics.core;
    requires io.prometheus.metrics.model;
    requires io.prometheus.writer.text;

    uses io.sagara.spi.BackendProvider;
    uses org.osgi.framework.launch.FrameworkFactory;
}
