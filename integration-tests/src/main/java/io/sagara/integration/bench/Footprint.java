package io.sagara.integration.bench;

import io.sagara.integration.Traces;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/// The memory of the processes of a run.
final class Footprint {
    private static final List<String> ROLES = List.of(
            "io.sagara.agent/",
            "io.sagara.csi/",
            "io.sagara.cli/",
            "quotad",
            "glusterfsd",
            "client-pid=-5",
            "glusterfs");
    private static final double KIB_PER_MIB = 1024;

    private Footprint() {}

    /// A line for each process that names `state`.
    static void print(Path state) throws IOException {
        System.out.println("memory of every process (MiB)");
        for (long pid : Traces.processes(state)) {
            List<String> rollup = Files.readAllLines(Path.of("/proc/" + pid + "/smaps_rollup"));
            System.out.printf(
                    Locale.ROOT,
                    "  RSS %6.1f  PSS %6.1f  %s%n",
                    mib(rollup, "Rss:"),
                    mib(rollup, "Pss:"),
                    role(Traces.commandLine(pid)));
        }
    }

    private static String role(String command) {
        return ROLES.stream().filter(command::contains).findFirst().orElse(command);
    }

    private static double mib(List<String> rollup, String field) {
        return rollup.stream()
                .filter(line -> line.startsWith(field))
                .mapToDouble(line -> Double.parseDouble(line.replaceAll("[^0-9]", "")) / KIB_PER_MIB)
                .sum();
    }
}
