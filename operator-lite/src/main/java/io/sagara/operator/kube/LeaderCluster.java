package io.sagara.operator.kube;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.storage.StorageClass;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.sagara.operator.crd.ClassOfPool;
import io.sagara.operator.crd.KadaluInfo;
import io.sagara.operator.crd.NodeReport;
import io.sagara.operator.crd.PoolResource;
import io.sagara.operator.lead.Cluster;
import io.sagara.operator.plan.Claim;
import io.sagara.operator.plan.HolderPod;
import io.sagara.operator.plan.HolderWish;
import io.sagara.operator.plan.KubeNode;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// What the leader reads and writes. Its watches exist as long as it leads.
public final class LeaderCluster implements Cluster, AutoCloseable {
    static final String DRIVER = "kadalu";

    /// 0 would take the pod's object away before its container has ended.
    private static final long HASTE_SECONDS = 1;

    private final ApiServer api;
    private final PoolObjects objects;
    private final InstantSource clock;
    private final Watch<GenericKubernetesResource> pools;
    private final Watch<Node> nodes;
    private final Watch<ConfigMap> maps;
    private final Watch<StorageClass> classes;
    private final Watch<PersistentVolumeClaim> claims;
    private final Watch<Pod> pods;
    private final String image;

    /// `image`: of pods that hold claims. `changed`: called after each change of what is watched; any thread.
    public LeaderCluster(ApiServer api, String image, InstantSource clock, Runnable changed) {
        this.api = api;
        this.image = image;
        this.clock = clock;
        objects = new PoolObjects(api);
        KubernetesClient client = api.client();
        pools = new Watch<>("KadaluStorage", objects.all(), changed);
        nodes = new Watch<>("Node", client.nodes(), changed);
        maps = new Watch<>("ConfigMap", client.configMaps().inNamespace(api.namespace()), changed);
        classes = new Watch<>("StorageClass", client.storage().v1().storageClasses(), changed);
        claims = new Watch<>(
                "PersistentVolumeClaim", client.persistentVolumeClaims().inNamespace(api.namespace()), changed);
        pods = new Watch<>("Pod", client.pods().inNamespace(api.namespace()).withLabels(HolderPods.labels()), changed);
    }

    /// Whether everything there was has been seen once.
    public boolean known() {
        return Stream.of(pools, nodes, maps, classes, claims, pods).allMatch(Watch::known);
    }

    @Override
    public List<PoolResource> pools() {
        return pools.all().stream().map(PoolObjects::resource).toList();
    }

    @Override
    public List<PoolResource> poolsNow() {
        return objects.now();
    }

    @Override
    public List<KubeNode> nodes() {
        return nodes.all().stream().map(KubeNodes::of).toList();
    }

    @Override
    public List<NodeReport> reports() {
        return maps.all().stream()
                .filter(map -> map.getMetadata().getLabels().containsKey(Labels.REPORT))
                .filter(map -> map.getMetadata().getName().startsWith(NodeReport.PREFIX))
                .map(map -> NodeReport.of(
                        map.getMetadata().getName().substring(NodeReport.PREFIX.length()),
                        map.getData() == null ? Map.of() : map.getData()))
                .toList();
    }

    @Override
    public KadaluInfo info() {
        return maps.all().stream()
                .filter(map -> map.getMetadata().getName().equals(KadaluInfo.NAME))
                .findFirst()
                .map(InfoMap::of)
                .orElse(KadaluInfo.ABSENT);
    }

    @Override
    public void writeInfo(KadaluInfo info) {
        InfoMap.write(api.client(), api.namespace(), info);
    }

    @Override
    public void hold(PoolResource pool, boolean held) {
        objects.hold(pool, held);
    }

    @Override
    public void writeStatus(PoolResource pool, Map<String, Object> status) {
        objects.writeStatus(pool, status);
    }

    @Override
    public List<String> volumes(String pool) {
        return ApiServer.call(
                        "list PersistentVolumes",
                        () -> api.client().persistentVolumes().list())
                .getItems()
                .stream()
                .filter(volume -> mayBeIn(pool, volume))
                .map(volume -> volume.getMetadata().getName())
                .toList();
    }

    /// Old volumes do not all say which pool they are in; one that may be in any is in this one, too.
    static boolean mayBeIn(String pool, PersistentVolume volume) {
        var csi = volume.getSpec().getCsi();
        if (csi == null || !DRIVER.equals(csi.getDriver())) {
            return false;
        }
        Map<String, String> context = csi.getVolumeAttributes() == null ? Map.of() : csi.getVolumeAttributes();
        String host = context.getOrDefault("hostvol", "");
        if (!host.isEmpty()) {
            return host.equals(pool);
        }
        String named = volume.getSpec().getStorageClassName();
        boolean telling = named != null && named.startsWith(ClassOfPool.PREFIX);
        return !telling || named.equals(ClassOfPool.PREFIX + pool);
    }

    @Override
    public void makeClass(ClassOfPool wanted) {
        boolean there = classes.all().stream()
                .anyMatch(present -> present.getMetadata().getName().equals(wanted.name()));
        if (!there) {
            unlessThere(() -> api.client()
                    .storage()
                    .v1()
                    .storageClasses()
                    .resource(OwnObjects.storageClass(wanted))
                    .create());
        }
    }

    @Override
    public void dropClass(String pool) {
        var present = api.client().storage().v1().storageClasses().withName(ClassOfPool.PREFIX + pool);
        StorageClass made = ApiServer.call("read StorageClass " + ClassOfPool.PREFIX + pool, present::get);
        if (made != null && OwnObjects.isOurs(made)) {
            var _ = ApiServer.call("delete StorageClass " + ClassOfPool.PREFIX + pool, present::delete);
        }
    }

    @Override
    public void makeDriver() {
        var drivers = api.client().storage().v1().csiDrivers();
        if (ApiServer.call("read CSIDriver", () -> drivers.withName(DRIVER).get()) == null) {
            unlessThere(() -> drivers.resource(OwnObjects.driver(DRIVER)).create());
        }
    }

    private static void unlessThere(Supplier<?> create) {
        try {
            var _ = ApiServer.call("make what a pool needs", create);
        } catch (StorageException e) {
            if (e.problem() != Problem.BUSY) {
                throw e;
            }
        }
    }

    @Override
    public List<Claim> claims() {
        return claims.all().stream().map(HolderPods::claim).toList();
    }

    @Override
    public List<HolderPod> holders() {
        return pods.all().stream().flatMap(pod -> HolderPods.of(pod).stream()).toList();
    }

    @Override
    public void makeHolder(PoolResource pool, HolderWish wish, Claim claim) {
        if (image.isEmpty()) {
            throw new StorageException(
                    Problem.UNSUPPORTED,
                    "a pod for the PersistentVolumeClaim " + claim.name() + " cannot be made: set SAGARA_IMAGE of the"
                            + " operator to the image of Sagara");
        }
        Pod pod = HolderPods.pod(pool, wish, claim, image, api.namespace());
        var _ = ApiServer.call(
                "make pod " + pod.getMetadata().getName(),
                () -> api.client()
                        .pods()
                        .inNamespace(api.namespace())
                        .resource(pod)
                        .create());
    }

    @Override
    public void endHolder(HolderPod pod) {
        Pod present = ApiServer.call(
                "read pod " + pod.name(),
                () -> api.client()
                        .pods()
                        .inNamespace(api.namespace())
                        .withName(pod.name())
                        .get());
        if (present == null || !present.getMetadata().getUid().equals(pod.uid())) {
            return;
        }
        var _ = ApiServer.call(
                "delete pod " + pod.name(),
                () -> api.client()
                        .pods()
                        .inNamespace(api.namespace())
                        .resource(present)
                        .withGracePeriod(HASTE_SECONDS)
                        .delete());
    }

    @Override
    public void event(PoolResource pool, boolean trouble, String reason, String message) {
        var _ = ApiServer.call(
                "make an event",
                () -> api.client()
                        .v1()
                        .events()
                        .inNamespace(api.namespace())
                        .resource(OwnObjects.event(pool, api.namespace(), trouble, reason, message, clock.instant()))
                        .create());
    }

    @Override
    public void close() {
        List.of(pools, nodes, maps, classes, claims, pods).forEach(Watch::close);
    }
}
