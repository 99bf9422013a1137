package io.sagara.volfile.option;

import static io.sagara.volfile.option.UserOption.SWITCH;

import io.sagara.volfile.option.ValueKind.Choice;
import io.sagara.volfile.option.ValueKind.Only;
import io.sagara.volfile.option.ValueKind.Percent;
import io.sagara.volfile.option.ValueKind.PercentOrSize;
import io.sagara.volfile.option.ValueKind.Text;
import io.sagara.volfile.option.ValueKind.Time;
import io.sagara.volfile.option.ValueKind.Whole;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/// `storage.*`, `features.*`, `locks.*`, `ctime.*` and `diagnostics.*`.
final class BrickOptions {
    private static final String POSIX = "storage/posix";
    private static final String LOCKS = "features/locks";
    private static final String UPCALL = "features/upcall";
    private static final String QUOTA = "features/quota";
    private static final String UTIME = "features/utime";
    private static final String IO_STATS = "debug/io-stats";

    private static final Set<Role> CLIENTS_AND_DAEMONS = Role.CONNECTING;
    private static final ValueKind ID = new Whole(-1, 4_294_967_295L);
    private static final ValueKind SECONDS = new Whole(0, 86_400);
    private static final ValueKind MODE = new Text(Pattern.compile("0?[0-7]{1,3}"), "an octal mode from 0000 to 0777");
    private static final ValueKind LEVEL =
            new Choice(List.of("DEBUG", "WARNING", "ERROR", "INFO", "CRITICAL", "NONE", "TRACE"));
    private static final ValueKind SYSLOG_LEVEL = new Choice(List.of("WARNING", "ERROR", "INFO", "CRITICAL"));
    private static final ValueKind LOG_BUFFER = new Whole(0, 20);
    private static final ValueKind LOG_FLUSH = new Time(30, 300);
    private static final ValueKind LOGGER = new Choice(List.of("gluster-log", "syslog"));
    private static final ValueKind LOG_FORMAT = new Choice(List.of("no-msg-id", "with-msg-id"));
    private static final ValueKind NO_CACHE = new Only(
            new Whole(0, 1_800),
            "0",
            "a cached size lets volumes outgrow"
                    + " their limit: with GlusterFS' defaults a 1 GiB writer met no limit at 100 MiB");

    static final List<UserOption> ALL = List.of(
            // the brick's file system
            posix("storage.reserve", new PercentOrSize(), "reserve"),
            posix("storage.health-check-interval", SECONDS, "health-check-interval"),
            posix("storage.health-check-timeout", SECONDS, "health-check-timeout"),
            posix("storage.linux-io_uring", SWITCH, "linux-io_uring"),
            posix(
                    "storage.batch-fsync-mode",
                    new Choice(
                            List.of("none", "syncfs", "syncfs-single-fsync", "syncfs-reverse-fsync", "reverse-fsync")),
                    "batch-fsync-mode"),
            posix("storage.batch-fsync-delay-usec", new Whole(0, 1_000_000), "batch-fsync-delay-usec"),
            posix("storage.owner-uid", ID, "brick-uid"),
            posix("storage.owner-gid", ID, "brick-gid"),
            posix("storage.node-uuid-pathinfo", SWITCH, "node-uuid-pathinfo"),
            posix("storage.gfid2path", SWITCH, "gfid2path"),
            posix("storage.force-create-mode", MODE, "force-create-mode"),
            posix("storage.force-directory-mode", MODE, "force-directory-mode"),
            posix("storage.create-mask", MODE, "create-mask"),
            posix("storage.create-directory-mask", MODE, "create-directory-mask"),
            posix("storage.max-hardlinks", new Whole(0, Integer.MAX_VALUE), "max-hardlinks"),
            UserOption.of(
                    "storage.fips-mode-rchecksum",
                    new Only(SWITCH, "on", "all bricks must compute checksums in one way")),
            // times that agree on all bricks
            posix("features.ctime", SWITCH, "ctime").puts(UTIME),
            UserOption.of("ctime.noatime", SWITCH).sets(Role.CLIENTS, UTIME, "noatime"),
            // invalidation, locks
            brick("features.cache-invalidation", SWITCH, UPCALL, "cache-invalidation"),
            brick("features.cache-invalidation-timeout", SECONDS, UPCALL, "cache-invalidation-timeout"),
            brick("features.locks-notify-contention", SWITCH, LOCKS, "notify-contention"),
            brick("features.locks-notify-contention-delay", new Whole(0, 60), LOCKS, "notify-contention-delay"),
            brick("features.enforce-mandatory-lock", SWITCH, LOCKS, "enforce-mandatory-lock"),
            brick(
                    "locks.mandatory-locking",
                    new Choice(List.of("off", "file", "forced", "optimal")),
                    LOCKS,
                    "mandatory-locking"),
            brick("locks.trace", SWITCH, LOCKS, "trace"),
            // quota: what may be set does not weaken the limit
            brick("features.default-soft-limit", new Percent(), QUOTA, "default-soft-limit"),
            brick("features.alert-time", new Time(0, 604_800), QUOTA, "alert-time"),
            UserOption.of("features.hard-timeout", NO_CACHE),
            UserOption.of("features.soft-timeout", NO_CACHE),
            UserOption.of(
                    "features.quota-deem-statfs",
                    new Only(SWITCH, "on", "df and the statistics of volumes show their limit")),
            // logs and statistics
            brick("diagnostics.brick-log-level", LEVEL, IO_STATS, "log-level"),
            client("diagnostics.client-log-level", LEVEL, "log-level"),
            brick("diagnostics.brick-sys-log-level", SYSLOG_LEVEL, IO_STATS, "sys-log-level"),
            client("diagnostics.client-sys-log-level", SYSLOG_LEVEL, "sys-log-level"),
            brick("diagnostics.brick-logger", LOGGER, IO_STATS, "logger"),
            client("diagnostics.client-logger", LOGGER, "logger"),
            brick("diagnostics.brick-log-format", LOG_FORMAT, IO_STATS, "log-format"),
            client("diagnostics.client-log-format", LOG_FORMAT, "log-format"),
            brick("diagnostics.brick-log-buf-size", LOG_BUFFER, IO_STATS, "log-buf-size"),
            client("diagnostics.client-log-buf-size", LOG_BUFFER, "log-buf-size"),
            brick("diagnostics.brick-log-flush-timeout", LOG_FLUSH, IO_STATS, "log-flush-timeout"),
            client("diagnostics.client-log-flush-timeout", LOG_FLUSH, "log-flush-timeout"),
            everywhere("diagnostics.latency-measurement", SWITCH, "latency-measurement"),
            everywhere("diagnostics.count-fop-hits", SWITCH, "count-fop-hits"),
            everywhere("diagnostics.dump-fd-stats", SWITCH, "dump-fd-stats"),
            everywhere("diagnostics.stats-dump-interval", new Whole(0, 3_600), "ios-dump-interval"),
            everywhere(
                    "diagnostics.stats-dump-format",
                    new Choice(List.of("text", "json", "dict", "samples")),
                    "ios-dump-format"),
            everywhere("diagnostics.fop-sample-interval", new Whole(0, 65_535), "ios-sample-interval"),
            everywhere("diagnostics.fop-sample-buf-size", new Whole(1_024, 1_048_576), "ios-sample-buf-size"));

    private BrickOptions() {}

    private static UserOption posix(String key, ValueKind kind, String option) {
        return brick(key, kind, POSIX, option);
    }

    private static UserOption brick(String key, ValueKind kind, String type, String option) {
        return UserOption.of(key, kind).sets(Role.BRICKS, type, option);
    }

    private static UserOption client(String key, ValueKind kind, String option) {
        return UserOption.of(key, kind).sets(CLIENTS_AND_DAEMONS, IO_STATS, option);
    }

    private static UserOption everywhere(String key, ValueKind kind, String option) {
        return UserOption.of(key, kind).sets(Role.ALL, IO_STATS, option);
    }
}
