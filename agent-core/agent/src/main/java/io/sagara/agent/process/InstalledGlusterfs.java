package io.sagara.agent.process;

import io.sagara.spi.Commands;
import io.sagara.spi.StorageException;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// GlusterFS' programs on this node.
public final class InstalledGlusterfs {
    private static final Duration DEADLINE = Duration.ofSeconds(5);
    private static final Pattern SAID = Pattern.compile("^glusterfs (\\S+)");

    private InstalledGlusterfs() {}

    /// Their version as they say it, such as `10.3`; empty where they are not there or say nothing in 5 s, which every
    /// pool says for itself.
    public static String version(Commands commands) {
        try {
            Matcher said = SAID.matcher(
                    commands.run(DEADLINE, List.of("glusterfs", "--version")).stdout());
            return said.find() ? said.group(1) : "";
        } catch (StorageException e) {
            return "";
        }
    }
}
