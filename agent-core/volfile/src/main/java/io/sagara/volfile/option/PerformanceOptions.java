package io.sagara.volfile.option;

import static io.sagara.volfile.option.UserOption.SWITCH;

import io.sagara.volfile.option.ValueKind.Only;
import io.sagara.volfile.option.ValueKind.Size;
import io.sagara.volfile.option.ValueKind.Text;
import io.sagara.volfile.option.ValueKind.Whole;
import java.util.List;
import java.util.regex.Pattern;

/// `performance.*`: the layers of a client that trade memory for speed, and the threads of all.
final class PerformanceOptions {
    private static final String WRITE_BEHIND = "performance/write-behind";
    private static final String READ_AHEAD = "performance/read-ahead";
    private static final String READDIR_AHEAD = "performance/readdir-ahead";
    private static final String IO_CACHE = "performance/io-cache";
    private static final String OPEN_BEHIND = "performance/open-behind";
    private static final String QUICK_READ = "performance/quick-read";
    private static final String MD_CACHE = "performance/md-cache";
    private static final String IO_THREADS = "performance/io-threads";

    // the lower end of io-cache and the upper ones of the cache sizes are those of the translators' own tables
    private static final ValueKind IO_CACHE_SIZE = new Size(4_194_304, Long.MAX_VALUE);
    private static final ValueKind ANY_SIZE = new Size(0, Long.MAX_VALUE);
    private static final ValueKind SECONDS = new Whole(0, 60);
    private static final ValueKind THREADS = new Whole(1, 64);
    private static final ValueKind WATCHDOG = new Whole(0, 86_400);
    private static final ValueKind XATTRS =
            new Text(Pattern.compile("[a-z0-9.*_-]+(,[a-z0-9.*_-]+)*"), "attribute names, divided by commas");

    static final List<UserOption> ALL = List.of(
            // layers in and out
            UserOption.of("performance.write-behind", SWITCH).puts(WRITE_BEHIND),
            UserOption.of("performance.read-ahead", SWITCH).puts(READ_AHEAD),
            UserOption.of("performance.readdir-ahead", SWITCH).puts(READDIR_AHEAD),
            UserOption.of("performance.io-cache", SWITCH).puts(IO_CACHE),
            UserOption.of("performance.open-behind", SWITCH).puts(OPEN_BEHIND),
            UserOption.of("performance.quick-read", SWITCH).puts(QUICK_READ),
            UserOption.of("performance.nl-cache", new Only(SWITCH, "off", RefusedOptions.NL_CACHE)),
            UserOption.of("performance.stat-prefetch", SWITCH).puts(MD_CACHE),
            UserOption.of("performance.client-io-threads", SWITCH).puts(IO_THREADS),
            // file contents
            client("performance.cache-size", IO_CACHE_SIZE, IO_CACHE, "cache-size")
                    .sets(Role.CLIENTS, QUICK_READ, "cache-size"),
            client("performance.io-cache-size", IO_CACHE_SIZE, IO_CACHE, "cache-size"),
            client("performance.quick-read-cache-size", ANY_SIZE, QUICK_READ, "cache-size"),
            client("performance.cache-max-file-size", ANY_SIZE, IO_CACHE, "max-file-size"),
            client("performance.cache-min-file-size", ANY_SIZE, IO_CACHE, "min-file-size"),
            client("performance.cache-refresh-timeout", SECONDS, IO_CACHE, "cache-timeout"),
            client("performance.quick-read-cache-timeout", SECONDS, QUICK_READ, "cache-timeout"),
            client("performance.qr-cache-timeout", SECONDS, QUICK_READ, "cache-timeout"),
            client("performance.quick-read-cache-invalidation", SWITCH, QUICK_READ, "quick-read-cache-invalidation"),
            client("performance.ctime-invalidation", SWITCH, QUICK_READ, "ctime-invalidation"),
            client("performance.read-ahead-page-count", new Whole(1, 16), READ_AHEAD, "page-count"),
            client("performance.lazy-open", SWITCH, OPEN_BEHIND, "lazy-open"),
            client("performance.read-after-open", SWITCH, OPEN_BEHIND, "read-after-open"),
            client("performance.io-cache-pass-through", SWITCH, IO_CACHE, "pass-through"),
            client("performance.open-behind-pass-through", SWITCH, OPEN_BEHIND, "pass-through"),
            client("performance.read-ahead-pass-through", SWITCH, READ_AHEAD, "pass-through"),
            // writes
            client("performance.flush-behind", SWITCH, WRITE_BEHIND, "flush-behind"),
            client(
                    "performance.write-behind-window-size",
                    new Size(524_288, 1_073_741_824),
                    WRITE_BEHIND,
                    "cache-size"),
            client("performance.aggregate-size", ANY_SIZE, WRITE_BEHIND, "aggregate-size"),
            client("performance.strict-o-direct", SWITCH, WRITE_BEHIND, "strict-O_DIRECT"),
            client("performance.strict-write-ordering", SWITCH, WRITE_BEHIND, "strict-write-ordering"),
            client("performance.write-behind-trickling-writes", SWITCH, WRITE_BEHIND, "trickling-writes"),
            client(
                    "performance.resync-failed-syncs-after-fsync",
                    SWITCH,
                    WRITE_BEHIND,
                    "resync-failed-syncs-after-fsync"),
            client("performance.write-behind-pass-through", SWITCH, WRITE_BEHIND, "pass-through"),
            // names and attributes
            client("performance.md-cache-timeout", new Whole(0, 600), MD_CACHE, "md-cache-timeout"),
            client("performance.cache-invalidation", SWITCH, MD_CACHE, "cache-invalidation"),
            client("performance.global-cache-invalidation", SWITCH, MD_CACHE, "global-cache-invalidation"),
            client("performance.cache-swift-metadata", SWITCH, MD_CACHE, "cache-swift-metadata"),
            client("performance.cache-samba-metadata", SWITCH, MD_CACHE, "cache-samba-metadata"),
            client("performance.cache-capability-xattrs", SWITCH, MD_CACHE, "cache-capability-xattrs"),
            client("performance.cache-ima-xattrs", SWITCH, MD_CACHE, "cache-ima-xattrs"),
            client("performance.md-cache-statfs", SWITCH, MD_CACHE, "md-cache-statfs"),
            client("performance.xattr-cache-list", XATTRS, MD_CACHE, "xattr-cache-list"),
            client("performance.force-readdirp", SWITCH, MD_CACHE, "force-readdirp"),
            client("performance.md-cache-pass-through", SWITCH, MD_CACHE, "pass-through"),
            client("performance.rda-request-size", new Size(4_096, 131_072), READDIR_AHEAD, "rda-request-size"),
            client("performance.rda-low-wmark", new Size(0, 10_485_760), READDIR_AHEAD, "rda-low-wmark"),
            client("performance.rda-high-wmark", new Size(0, 104_857_600), READDIR_AHEAD, "rda-high-wmark"),
            client("performance.rda-cache-limit", ANY_SIZE, READDIR_AHEAD, "rda-cache-limit"),
            client("performance.readdir-ahead-pass-through", SWITCH, READDIR_AHEAD, "pass-through"),
            UserOption.of(
                    "performance.parallel-readdir",
                    new Only(SWITCH, "off", "Sagara's graphs do not put readdir-ahead below distribute")),
            // threads, of bricks and of clients that have the layer
            threads("performance.io-thread-count", THREADS, "thread-count"),
            threads("performance.high-prio-threads", THREADS, "high-prio-threads"),
            threads("performance.normal-prio-threads", THREADS, "normal-prio-threads"),
            threads("performance.low-prio-threads", THREADS, "low-prio-threads"),
            threads("performance.least-prio-threads", THREADS, "least-prio-threads"),
            threads("performance.enable-least-priority", SWITCH, "enable-least-priority"),
            threads("performance.iot-watchdog-secs", WATCHDOG, "watchdog-secs"),
            threads("performance.iot-cleanup-disconnected-reqs", SWITCH, "cleanup-disconnected-reqs"));

    private PerformanceOptions() {}

    private static UserOption client(String key, ValueKind kind, String type, String option) {
        return UserOption.of(key, kind).sets(Role.CLIENTS, type, option);
    }

    private static UserOption threads(String key, ValueKind kind, String option) {
        return UserOption.of(key, kind).sets(Role.ALL, IO_THREADS, option);
    }
}
