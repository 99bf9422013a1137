package io.sagara.volfile.option;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// All options a user may set on a pool. Pure; any number of threads may call.
public final class Catalogue {
    // the order decides: where two options set the same thing, the later one wins, so general ones come first
    private static final List<UserOption> OPTIONS = Stream.of(
                    PerformanceOptions.ALL, ClusterOptions.ALL, NetworkOptions.ALL, BrickOptions.ALL)
            .flatMap(List::stream)
            .toList();
    private static final int NEAR = 3;

    private Catalogue() {}

    /// Checks what a user chose. Keys may leave out the part before the first dot where the rest is unique, as
    /// in GlusterFS: `quick-read`. Throws [OptionException] for the first option, by key, that is unknown, has
    /// a value that is not allowed, is given twice under two names, or would break Sagara.
    public static Settings settings(Map<String, String> chosen) {
        var values = new LinkedHashMap<String, String>();
        new TreeMap<>(chosen).forEach((key, value) -> {
            UserOption option = find(key, value);
            String parsed = option.kind()
                    .parse(value.strip())
                    .orElseThrow(() -> new OptionException(
                            key,
                            value,
                            "the value is not allowed",
                            "allowed is " + option.kind().allowed()));
            if (values.put(option.key(), parsed) != null) {
                throw new OptionException(key, value, "'" + option.key() + "' is given twice", "give it once");
            }
        });
        var settings = new LinkedHashMap<UserOption, String>();
        for (UserOption option : OPTIONS) {
            String value = values.get(option.key());
            if (value != null) {
                settings.put(option, value);
            }
        }
        return new Settings(settings);
    }

    /// Every key with what values it takes, for help texts, sorted by key.
    public static Map<String, String> help() {
        return OPTIONS.stream()
                .collect(Collectors.toMap(
                        UserOption::key, option -> option.kind().allowed(), (a, _) -> a, TreeMap::new));
    }

    private static UserOption find(String given, String value) {
        String key = given.strip().toLowerCase(Locale.ROOT);
        List<UserOption> found =
                OPTIONS.stream().filter(option -> names(option, key)).toList();
        if (found.size() == 1) {
            return found.getFirst();
        }
        if (found.isEmpty()) {
            throw refusal(given, value, key)
                    .orElseGet(() -> new OptionException(given, value, "there is no such option", hint(key)));
        }
        String keys = found.stream().map(UserOption::key).collect(Collectors.joining(" or "));
        throw new OptionException(given, value, "the name is ambiguous", "write " + keys);
    }

    private static Optional<OptionException> refusal(String given, String value, String key) {
        return RefusedOptions.reason(key)
                .or(() -> RefusedOptions.bareReason(key))
                .map(reason ->
                        new OptionException(given, value, "it cannot be set, because " + reason, "leave it out"));
    }

    private static boolean names(UserOption option, String key) {
        return option.key().equals(key) || bare(option.key()).equals(key);
    }

    static String bare(String key) {
        return key.substring(key.indexOf('.') + 1);
    }

    private static String hint(String key) {
        var near = new ArrayList<String>();
        int best = NEAR;
        for (UserOption option : OPTIONS) {
            int distance = Math.min(Distance.between(key, option.key()), Distance.between(key, bare(option.key())));
            if (distance < best) {
                best = distance;
                near.clear();
            }
            if (distance == best) {
                near.add(option.key());
            }
        }
        return near.isEmpty()
                ? "see the list of options that Sagara knows"
                : "did you mean " + String.join(" or ", near) + "?";
    }
}
