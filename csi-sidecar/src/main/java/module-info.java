/// The CSI driver: Identity, Controller and Node on a unix socket. It parses and checks calls and hands them to
/// the agent, which it knows through its API alone.
module io.sagara.csi {
    requires static org.jspecify;
    requires io.sagara.api;
    requires org.slf4j;
    // System.Logger and java.util.logging, which the libraries use, end in slf4j as well
    requires jul.to.slf4j;
}
