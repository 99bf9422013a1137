package io.sagara.agent.plugin;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// What a plugins directory held. `byType`: the backends, by the key users list units under. `refusals`: the
/// jars that were not loaded, in order of file name.
public record LoadedBackends(Map<String, LoadedBackend> byType, List<Refusal> refusals) {
    /// Copies the collections.
    public LoadedBackends {
        byType = Map.copyOf(byType);
        refusals = List.copyOf(refusals);
    }

    /// A jar that was not loaded. `reason`: for people, what is wrong with it and what to do.
    public record Refusal(Path jar, String reason) {
        @Override
        public String toString() {
            return jar.getFileName() + ": " + reason;
        }
    }
}
