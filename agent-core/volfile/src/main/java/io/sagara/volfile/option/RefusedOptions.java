package io.sagara.volfile.option;

import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/// Options GlusterFS has and Sagara refuses, with the reason. A name that ends in a dot stands for all options
/// which begin so, and so does one that ends in a hyphen.
final class RefusedOptions {
    // seen on GlusterFS 10.3 with one brick and with six: write a file, drop the kernel's caches, read it: ENOENT
    static final String NL_CACHE = "it hides files for a minute from the very mount that made them";
    private static final String GLUSTERD = "it needs glusterd, which Sagara does not run";
    private static final String PLACE = "it changes where the files that are already there are looked for";
    private static final String QUOTA = "volumes would lose their size limit";
    private static final String ROOT = "Sagara makes and limits volumes as root through the same bricks";
    private static final String TLS = "the field 'tls' of the pool decides on TLS";
    private static final String ACCESS = "Sagara decides which addresses may connect";
    private static final String LAYOUT = "it follows from the pool's type";

    private static final List<Refusal> REFUSALS = List.of(
            new Refusal(
                    QUOTA,
                    List.of(
                            "features.quota",
                            "features.inode-quota",
                            "features.limit-usage",
                            "features.simple-quota.")),
            new Refusal(
                    "it is kept on while a pool has quota, and is a cost without use otherwise",
                    List.of("storage.build-pgfid", "storage.update-link-count-parent")),
            new Refusal(NL_CACHE, List.of("performance.nl-cache-")),
            // seen on GlusterFS 10.3 over XFS
            new Refusal("writes fail with it (Invalid argument)", List.of("storage.linux-aio")),
            // seen on GlusterFS 10.3: brick processes die at the first writes of a pool with quota
            new Refusal("without these threads bricks crash", List.of("performance.iot-pass-through")),
            new Refusal(ROOT, List.of("server.root-squash", "server.all-squash", "server.anonuid", "server.anongid")),
            new Refusal(
                    "Sagara itself writes to the pool; publish the volume read-only instead",
                    List.of(
                            "features.read-only",
                            "features.worm",
                            "features.worm-file-level",
                            "features.worm-files-deletable",
                            "features.default-retention-period",
                            "features.retention-mode",
                            "features.auto-commit-period")),
            new Refusal(
                    "shards lie outside of the volume's directory, where no size limit counts them",
                    List.of(
                            "features.shard",
                            "features.shard-block-size",
                            "features.shard-lru-limit",
                            "features.shard-deletion-rate")),
            new Refusal(
                    "deleted volumes go to Sagara's own trash",
                    List.of(
                            "features.trash",
                            "features.trash-dir",
                            "features.trash-eliminate-path",
                            "features.trash-max-filesize",
                            "features.trash-internal-op")),
            new Refusal(
                    ACCESS, List.of("auth.", "server.allow-insecure", "server.dynamic-auth", "client.bind-insecure")),
            new Refusal(TLS, List.of("ssl.", "server.ssl", "client.ssl")),
            new Refusal(
                    PLACE,
                    List.of(
                            "cluster.nufa",
                            "cluster.switch",
                            "cluster.switch-pattern",
                            "cluster.local-volume-name",
                            "cluster.dht-xattr-name",
                            "cluster.rsync-hash-regex",
                            "cluster.extra-hash-regex",
                            "cluster.randomize-hash-range-by-gfid",
                            "cluster.subvols-per-directory")),
            new Refusal(
                    LAYOUT,
                    List.of(
                            "cluster.arbiter-count",
                            "cluster.thin-arbiter",
                            "disperse.redundancy",
                            "storage.volume-id")),
            new Refusal(
                    "its writes to far bricks are not waited for, and are lost with the near ones",
                    List.of("cluster.halo-")),
            new Refusal("a crash would lose writes that were answered", List.of("cluster.ensure-durability")),
            new Refusal(
                    "the address family follows from the address of each brick", List.of("transport.address-family")),
            new Refusal("only TCP is offered", List.of("config.transport")),
            new Refusal(
                    "it removes locks at random; it is for tests of GlusterFS",
                    List.of("features.locks-monkey-unlocking")),
            new Refusal("it drops locks that applications rely on", List.of("features.locks-revocation-")),
            new Refusal(
                    GLUSTERD,
                    List.of(
                            "cluster.server-quorum-type",
                            "cluster.server-quorum-ratio",
                            "cluster.brick-multiplex",
                            "cluster.brick-graceful-cleanup",
                            "cluster.max-bricks-per-process",
                            "cluster.op-version",
                            "cluster.max-op-version",
                            "cluster.enable-shared-storage",
                            "cluster.localtime-logging",
                            "cluster.daemon-log-level",
                            "config.",
                            "nfs.",
                            "nfs-ganesha",
                            "ganesha.",
                            "changelog.",
                            "geo-replication.",
                            "snap-",
                            "snapshot-",
                            "auto-delete",
                            "features.uss",
                            "features.snapshot-directory",
                            "features.show-snapshot-directory",
                            "features.barrier",
                            "features.barrier-timeout",
                            "features.bitrot",
                            "features.scrub",
                            "features.scrub-",
                            "features.expiry-time",
                            "features.signer-threads",
                            "features.cloudsync",
                            "features.cloudsync-",
                            "features.s3plugin-",
                            "network.compression",
                            "network.compression.",
                            "debug.",
                            "delay-gen.")));

    private record Refusal(String reason, List<String> names) {}

    private RefusedOptions() {}

    /// Why the option of this full name cannot be set; empty where nothing speaks against it.
    static Optional<String> reason(String key) {
        return reason(name -> prefix(name) ? key.startsWith(name) : key.equals(name));
    }

    /// As [#reason], for a name without the part before the first dot.
    static Optional<String> bareReason(String key) {
        return reason(name -> !prefix(name) && key.equals(Catalogue.bare(name)));
    }

    private static Optional<String> reason(Predicate<String> named) {
        return REFUSALS.stream()
                .filter(refusal -> refusal.names().stream().anyMatch(named))
                .map(Refusal::reason)
                .findFirst();
    }

    private static boolean prefix(String name) {
        return name.endsWith(".") || name.endsWith("-");
    }
}
