package io.sagara.operator.node;

import io.sagara.api.v1.TlsMaterial;
import io.sagara.operator.crd.NodeReport;
import io.sagara.operator.crd.PoolResource;
import java.util.List;

/// What a node sees of the API server. Throws UNAVAILABLE where that does not answer.
public interface Objects {
    /// Whether all objects there are have been seen once.
    boolean known();

    /// All KadaluStorage objects, a moment old at most.
    List<PoolResource> pools();

    /// Whether a pool is gone for sure: asked now, there is no such object, and `kadalu-info`, which is
    /// there, does not know it either.
    boolean gone(String pool);

    /// The certificates in a Secret of the own namespace, in the form that kubernetes.io/tls and cert-manager have.
    /// Throws NOT_FOUND where there is no such Secret, INVALID_ARGUMENT where it lacks one of them.
    TlsMaterial secret(String name);

    /// Says how this node's pools are.
    void report(NodeReport report);
}
