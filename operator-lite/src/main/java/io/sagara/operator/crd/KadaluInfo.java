package io.sagara.operator.crd;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// The ConfigMap `kadalu-info`: what was decided about every pool, in Kadalu's format.
///
/// `version`: its resourceVersion; empty where the ConfigMap is not there. `data`: all of it.
public record KadaluInfo(String version, Map<String, String> data) {
    /// The ConfigMap's name.
    public static final String NAME = "kadalu-info";

    /// It is not there.
    public static final KadaluInfo ABSENT = new KadaluInfo("", Map.of());

    private static final String SUFFIX = ".info";

    /// Copies the map.
    public KadaluInfo {
        data = Map.copyOf(data);
    }

    /// What it says about a pool.
    public Optional<InfoEntry> entry(String pool) {
        return Optional.ofNullable(data.get(pool + SUFFIX)).map(InfoEntry::of);
    }

    /// All entries, by pool.
    public Map<String, InfoEntry> entries() {
        Map<String, InfoEntry> entries = new TreeMap<>();
        data.forEach((key, value) -> {
            if (key.endsWith(SUFFIX)) {
                entries.put(key.substring(0, key.length() - SUFFIX.length()), InfoEntry.of(value));
            }
        });
        return entries;
    }

    /// The same with the entry of a pool as given.
    public KadaluInfo with(String pool, String text) {
        Map<String, String> changed = new TreeMap<>(data);
        changed.put(pool + SUFFIX, text);
        return new KadaluInfo(version, changed);
    }

    /// The same without a pool.
    public KadaluInfo without(String pool) {
        Map<String, String> changed = new TreeMap<>(data);
        changed.remove(pool + SUFFIX);
        return new KadaluInfo(version, changed);
    }

    /// The same with a value beside the pools, where it has none of that name.
    public KadaluInfo withDefault(String key, String value) {
        Map<String, String> changed = new TreeMap<>(data);
        changed.putIfAbsent(key, value);
        return new KadaluInfo(version, changed);
    }
}
