package io.sagara.operator.lead;

import io.sagara.operator.crd.ClassOfPool;
import io.sagara.operator.crd.KadaluInfo;
import io.sagara.operator.crd.NodeReport;
import io.sagara.operator.crd.PoolResource;
import io.sagara.operator.plan.Claim;
import io.sagara.operator.plan.HolderPod;
import io.sagara.operator.plan.HolderWish;
import io.sagara.operator.plan.KubeNode;
import java.util.List;
import java.util.Map;

/// The cluster as its leader sees and changes it. What is read comes from watches and may be a moment old,
/// unless it is said otherwise; every write names the version it was made from. Throws BUSY where the object
/// was changed or made meanwhile, UNAVAILABLE where the API server does not answer or refuses.
public interface Cluster {
    /// All KadaluStorage objects of our namespace.
    List<PoolResource> pools();

    /// The same, asked for now.
    List<PoolResource> poolsNow();

    List<KubeNode> nodes();

    List<NodeReport> reports();

    /// The ConfigMap `kadalu-info`.
    KadaluInfo info();

    /// Writes `kadalu-info`, which is still as `info.version()` had it, or still absent.
    void writeInfo(KadaluInfo info);

    /// Adds our finalizer, or takes it away.
    void hold(PoolResource pool, boolean held);

    void writeStatus(PoolResource pool, Map<String, Object> status);

    /// The volumes that are, or may be, in a pool, asked for now: names of PersistentVolumes.
    List<String> volumes(String pool);

    /// Makes the StorageClass, unless there is one of its name.
    void makeClass(ClassOfPool wanted);

    /// Deletes the StorageClass of a pool, if we made it.
    void dropClass(String pool);

    /// Makes the CSIDriver, unless there is one.
    void makeDriver();

    /// All PersistentVolumeClaims of our namespace.
    List<Claim> claims();

    /// The pods that hold claims for pools.
    List<HolderPod> holders();

    /// Makes the pod that holds a claim for the pool, which goes with the pool's object. Throws BUSY where
    /// there is one.
    void makeHolder(PoolResource pool, HolderWish wish, Claim claim);

    /// Ends a holder without further ado: no brick is on its claim. Where it is ending already, that is
    /// hastened.
    void endHolder(HolderPod pod);

    /// Tells users of the pool. `trouble`: whether somebody should look.
    void event(PoolResource pool, boolean trouble, String reason, String message);
}
