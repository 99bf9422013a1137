package io.sagara.backend.external;

import io.sagara.spi.Commands;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The version of GlusterFS on this node. `text`: as it says it, such as `10.3`. `operating`: the number by
/// which glusterd compares versions.
record GlusterVersion(String text, int operating) {
    private static final Duration DEADLINE = Duration.ofSeconds(5);
    private static final Pattern SAID = Pattern.compile("glusterfs ([0-9]{1,3})(\\.[0-9.]+)?");
    private static final int MAJOR = 10_000;

    static GlusterVersion of(Commands commands) {
        String said =
                commands.check(DEADLINE, List.of("glusterfs", "--version")).stdout();
        Matcher version = SAID.matcher(said);
        return version.find()
                ? new GlusterVersion(
                        version.group().replace("glusterfs ", ""), Integer.parseInt(version.group(1)) * MAJOR)
                // a build of one's own; the cluster says what it lacks
                : new GlusterVersion("of this node", Integer.MAX_VALUE);
    }
}
