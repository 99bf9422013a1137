package io.sagara.operator.kube;

/// Labels of the objects we make.
final class Labels {
    static final String MANAGED_BY = "app.kubernetes.io/managed-by";
    static final String SAGARA = "sagara";
    /// On the ConfigMaps in which nodes report.
    static final String REPORT = "sagara.io/node-report";

    private Labels() {}
}
