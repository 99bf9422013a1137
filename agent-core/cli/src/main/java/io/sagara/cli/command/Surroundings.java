package io.sagara.cli.command;

import io.sagara.cli.launch.Distribution;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;

/// What a command finds around it: the process' environment and the time.
public record Surroundings(Map<String, String> environment, InstantSource clock) {
    /// Copies the map.
    public Surroundings {
        environment = Map.copyOf(environment);
    }

    /// The distribution that SAGARA_HOME names, as the `sagara` script sets it.
    public Distribution distribution() {
        String home = Optional.ofNullable(environment.get("SAGARA_HOME"))
                .filter(text -> !text.isBlank())
                .orElseThrow(() ->
                        new Failure(ExitCode.FAILED, "SAGARA_HOME is not set; start this through the 'sagara' script"));
        return Distribution.in(Path.of(home));
    }
}
