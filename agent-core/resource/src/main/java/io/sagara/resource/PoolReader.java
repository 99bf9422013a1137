package io.sagara.resource;

import io.sagara.api.v1.ExternalVolume;
import io.sagara.api.v1.LayoutType;
import io.sagara.api.v1.PoolSpec;
import io.sagara.api.v1.ReclaimPolicy;
import io.sagara.api.v1.Tiebreaker;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Pattern;

/// Reads the `spec` of a KadaluStorage field by field. How the fields fit together is judged by [PoolRules].
final class PoolReader {
    private static final Map<String, LayoutType> TYPES = new TreeMap<>(Map.of(
            "Replica1", LayoutType.REPLICA1,
            "Replica2", LayoutType.REPLICA2,
            "Replica3", LayoutType.REPLICA3,
            "Arbiter", LayoutType.ARBITER,
            "Disperse", LayoutType.DISPERSE,
            "External", LayoutType.EXTERNAL));
    private static final Map<String, ReclaimPolicy> POLICIES = new TreeMap<>(Map.of(
            "delete", ReclaimPolicy.DELETE,
            "archive", ReclaimPolicy.ARCHIVE,
            "retain", ReclaimPolicy.RETAIN));
    private static final Map<String, Boolean> FORMATS = new TreeMap<>(Map.of("native", false, "non-native", true));
    private static final List<String> FIELDS = List.of(
            "type",
            "storage",
            "disperse",
            "tiebreaker",
            "details",
            "pvReclaimPolicy",
            "volume_id",
            "single_pv_per_pool",
            "kadalu_format",
            "options",
            "tls",
            "tolerations");
    private static final Pattern IDENTIFIER = Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");
    // EC_METHOD_MAX_FRAGMENTS of GlusterFS' disperse translator; redundancy is always less than data
    private static final int MAX_DATA = 16;
    private static final int MAX_PORT = 65_535;

    private final Fields spec;
    private final Nodes nodes;
    private final PoolSpec.Builder pool;

    private PoolReader(Fields spec, Nodes nodes, PoolSpec.Builder pool) {
        this.spec = spec;
        this.nodes = nodes;
        this.pool = pool;
    }

    /// Fills `pool` with what `spec` says and returns the units it lists, in the order of the pool's bricks.
    /// What is wrong is in the findings of `spec`.
    static List<Fields> read(Fields spec, Nodes nodes, PoolSpec.Builder pool) {
        PoolReader reader = new PoolReader(spec, nodes, pool);
        reader.read();
        UnitReader units = new UnitReader(nodes);
        List<Fields> listed = spec.mappings("storage");
        listed.forEach(unit -> pool.addBricks(units.read(unit)));
        return listed;
    }

    private void read() {
        spec.refuseOthers(FIELDS);
        if (!spec.has("type")) {
            spec.fault("type", "is missing; choose one of " + String.join(", ", TYPES.keySet()));
        }
        spec.choice("type", TYPES).ifPresent(pool::setLayout);
        pool.setReclaimPolicy(spec.choice("pvReclaimPolicy", POLICIES).orElse(ReclaimPolicy.DELETE));
        spec.text("volume_id").flatMap(this::identifier).ifPresent(pool::setId);
        singleVolume();
        options();
        spec.mapping("disperse").ifPresent(this::disperse);
        spec.mapping("tiebreaker").ifPresent(this::tiebreaker);
        spec.mapping("details").ifPresent(this::external);
        TlsReader.read(spec).ifPresent(pool::setTls);
        // only Kubernetes schedules by tolerations; here they just have to be a list
        spec.list("tolerations");
    }

    private Optional<String> identifier(String text) {
        if (!IDENTIFIER.matcher(text).matches()) {
            spec.fault(
                    "volume_id",
                    "'" + Spelling.shown(text)
                            + "' is no UUID; give the volume id of the existing bricks, or remove the field");
            return Optional.empty();
        }
        return Optional.of(UUID.fromString(text).toString());
    }

    private void singleVolume() {
        Optional<Boolean> single = spec.flag("single_pv_per_pool");
        Optional<Boolean> older = spec.choice("kadalu_format", FORMATS);
        if (single.isPresent() && older.isPresent() && !single.equals(older)) {
            spec.fault("kadalu_format", "contradicts single_pv_per_pool; remove kadalu_format, which is older");
        }
        pool.setSingleVolume(single.or(() -> older).orElse(false));
    }

    private void options() {
        for (Fields option : spec.mappings("options")) {
            option.refuseOthers(List.of("key", "value"));
            for (String half : List.of("key", "value")) {
                if (!option.has(half)) {
                    option.fault(
                            half,
                            "is missing; write an option as '- key: performance.quick-read' and 'value: \"off\"'");
                }
            }
            Optional<String> value = option.textOrEmpty("value");
            option.text("key").ifPresent(key -> {
                if (pool.containsOptions(key)) {
                    option.fault("key", "'" + Spelling.shown(key) + "' is set twice; leave one");
                }
                pool.putOptions(key, value.orElse(""));
            });
        }
    }

    private void disperse(Fields disperse) {
        disperse.refuseOthers(List.of("data", "redundancy"));
        for (String count : List.of("data", "redundancy")) {
            if (!disperse.has(count)) {
                disperse.fault(count, "is missing; 'data: 2' with 'redundancy: 1' is the smallest choice");
            }
        }
        disperse.number("data", 1, MAX_DATA).ifPresent(pool::setDisperseData);
        disperse.number("redundancy", 1, MAX_DATA - 1).ifPresent(pool::setDisperseRedundancy);
    }

    private void tiebreaker(Fields tiebreaker) {
        tiebreaker.refuseOthers(List.of("node", "path", "port", "deployment"));
        Tiebreaker.Builder third = Tiebreaker.newBuilder();
        for (String field : List.of("node", "path")) {
            if (!tiebreaker.has(field)) {
                tiebreaker.fault(field, "is missing; a tiebreaker has a node and a path");
            }
        }
        tiebreaker.text("node").map(this::named).ifPresent(third::setNode);
        tiebreaker
                .text("path")
                .flatMap(path -> AbsolutePaths.checked(tiebreaker, "path", path))
                .ifPresent(third::setPath);
        tiebreaker.number("port", 1, MAX_PORT).ifPresent(third::setPort);
        pool.setTiebreaker(third);
    }

    /// Unlike that of a unit it may be another machine, where somebody else runs it.
    private String named(String node) {
        return switch (nodes) {
            case Nodes.Any _ -> node;
            case Nodes.Only only -> only.means(node) ? only.name() : node;
        };
    }

    private void external(Fields details) {
        details.refuseOthers(
                List.of("gluster_host", "gluster_hosts", "gluster_volname", "gluster_options", "gluster_port", "tls"));
        ExternalVolume.Builder external = ExternalVolume.newBuilder();
        details.texts("gluster_hosts").forEach(external::addHosts);
        details.text("gluster_host")
                .filter(host -> !external.getHostsList().contains(host))
                .ifPresent(external::addHosts);
        if (!details.has("gluster_hosts") && !details.has("gluster_host")) {
            details.fault("gluster_hosts", "is missing; list the addresses of the cluster's servers");
        }
        if (!details.has("gluster_volname")) {
            details.fault("gluster_volname", "is missing; give the name of the cluster's volume");
        }
        details.text("gluster_volname").ifPresent(external::setVolume);
        details.textOrEmpty("gluster_options").ifPresent(external::setMountOptions);
        details.number("gluster_port", 1, MAX_PORT).ifPresent(external::setPort);
        TlsReader.read(details).ifPresent(pool::setTls);
        pool.setExternal(external);
    }
}
