package io.sagara.volfile.stack;

import io.sagara.volfile.Layer;
import io.sagara.volfile.Translator;
import io.sagara.volfile.option.Role;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;

/// One translator in the order of a stack: what it is called and is, where it is put, and its options before
/// the user's. `T`: what decides that.
record Floor<T>(String suffix, String type, Predicate<T> where, Function<T, Map<String, String>> options) {
    static <T> Floor<T> always(String suffix, String type, Function<T, Map<String, String>> options) {
        return new Floor<>(suffix, type, _ -> true, options);
    }

    static <T> Floor<T> when(Predicate<T> where, String suffix, String type, Function<T, Map<String, String>> options) {
        return new Floor<>(suffix, type, where, options);
    }

    /// `below` with this floor on it, where it belongs there.
    Translator on(Translator below, T site, PoolShape pool, Role role) {
        if (!where.test(site)) {
            return below;
        }
        Map<String, String> all = pool.settings().over(options.apply(site), role, type);
        return new Layer(pool.name(suffix), type, all, List.of(below));
    }

    /// A map of pairs that keeps their order.
    static Map<String, String> pairs(String... keysAndValues) {
        var pairs = new LinkedHashMap<String, String>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            pairs.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        return Collections.unmodifiableMap(pairs);
    }
}
