package io.sagara.operator.lead;

import io.sagara.operator.crd.ClassOfPool;
import io.sagara.operator.crd.KadaluInfo;
import io.sagara.operator.crd.NodeReport;
import io.sagara.operator.crd.PoolResource;
import io.sagara.operator.plan.Claim;
import io.sagara.operator.plan.HolderPod;
import io.sagara.operator.plan.HolderWish;
import io.sagara.operator.plan.KubeNode;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// An API server in memory, with versions as the real one has them. What the leader watches is as old as the
/// last call of [#catchUp].
final class FakeCluster implements Cluster {
    final Map<String, PoolResource> pools = new TreeMap<>();
    final List<KubeNode> nodes = new ArrayList<>();
    final Map<String, NodeReport> reports = new TreeMap<>();
    final Map<String, List<String>> volumes = new HashMap<>();
    final Map<String, ClassOfPool> classes = new TreeMap<>();
    final Map<String, Claim> claims = new TreeMap<>();
    /// By claim.
    final Map<String, HolderPod> holders = new TreeMap<>();
    /// UIDs of pods that were told to end without further ado.
    final List<String> ended = new ArrayList<>();
    final List<String> events = new ArrayList<>();
    /// Names of pools whose status cannot be written.
    final Set<String> broken = new HashSet<>();

    KadaluInfo info = KadaluInfo.ABSENT;
    int drivers;
    int statusWrites;
    long versions = 1;

    private final Map<String, PoolResource> seenPools = new TreeMap<>();
    private KadaluInfo seenInfo = KadaluInfo.ABSENT;

    void catchUp() {
        seenPools.clear();
        seenPools.putAll(pools);
        seenInfo = info;
    }

    void put(PoolResource pool) {
        pools.put(pool.name(), version(pool, pool.finalizers(), pool.status()));
    }

    private PoolResource version(PoolResource pool, List<String> finalizers, Map<String, Object> status) {
        return new PoolResource(
                pool.name(),
                pool.uid(),
                String.valueOf(++versions),
                pool.generation(),
                pool.deleting(),
                finalizers,
                pool.document(),
                status);
    }

    @Override
    public List<PoolResource> pools() {
        return List.copyOf(seenPools.values());
    }

    @Override
    public List<PoolResource> poolsNow() {
        return List.copyOf(pools.values());
    }

    @Override
    public List<KubeNode> nodes() {
        return nodes;
    }

    @Override
    public List<NodeReport> reports() {
        return List.copyOf(reports.values());
    }

    @Override
    public KadaluInfo info() {
        return seenInfo;
    }

    @Override
    public void writeInfo(KadaluInfo changed) {
        if (!changed.version().equals(info.version())) {
            throw new StorageException(Problem.BUSY, "kadalu-info has changed");
        }
        info = new KadaluInfo(String.valueOf(++versions), changed.data());
    }

    private void unchanged(PoolResource pool) {
        PoolResource there = pools.get(pool.name());
        if (there == null || !there.version().equals(pool.version())) {
            throw new StorageException(Problem.BUSY, pool.name() + " has changed");
        }
    }

    @Override
    public void hold(PoolResource pool, boolean held) {
        unchanged(pool);
        if (!held && pool.deleting()) {
            pools.remove(pool.name());
        } else {
            pools.put(pool.name(), version(pool, held ? List.of(PoolResource.FINALIZER) : List.of(), pool.status()));
        }
    }

    @Override
    public void writeStatus(PoolResource pool, Map<String, Object> status) {
        if (broken.contains(pool.name())) {
            throw new StorageException(Problem.UNAVAILABLE, "the API server is in a bad mood");
        }
        unchanged(pool);
        statusWrites++;
        pools.put(pool.name(), version(pool, pool.finalizers(), status));
    }

    @Override
    public List<String> volumes(String pool) {
        return volumes.getOrDefault(pool, List.of());
    }

    @Override
    public void makeClass(ClassOfPool wanted) {
        classes.putIfAbsent(wanted.name(), wanted);
    }

    @Override
    public void dropClass(String pool) {
        classes.remove(ClassOfPool.PREFIX + pool);
    }

    @Override
    public void makeDriver() {
        drivers++;
    }

    @Override
    public List<Claim> claims() {
        return List.copyOf(claims.values());
    }

    @Override
    public List<HolderPod> holders() {
        return List.copyOf(holders.values());
    }

    @Override
    public void makeHolder(PoolResource pool, HolderWish wish, Claim claim) {
        if (holders.containsKey(claim.name())) {
            throw new StorageException(Problem.BUSY, "there is a pod for " + claim.name());
        }
        holders.put(
                claim.name(),
                new HolderPod(
                        "sagara-holder-" + claim.name(),
                        "uid-" + ++versions,
                        pool.name(),
                        claim.name(),
                        wish.node(),
                        false,
                        false,
                        ""));
    }

    @Override
    public void endHolder(HolderPod pod) {
        ended.add(pod.uid());
        holders.values().removeIf(present -> present.uid().equals(pod.uid()));
    }

    @Override
    public void event(PoolResource pool, boolean trouble, String reason, String message) {
        events.add((trouble ? "Warning " : "Normal ") + pool.name() + " " + reason + ": " + message);
    }
}
