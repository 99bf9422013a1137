package io.sagara.volfile.option;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// The options of a pool after they were checked: full keys of `gluster volume set` with values as they go into
/// a volfile, in the order of the catalogue. Two choices that mean the same are equal.
public final class Settings {
    /// No option set.
    public static final Settings NONE = new Settings(Map.of());

    private final Map<UserOption, String> chosen;

    Settings(Map<UserOption, String> chosen) {
        this.chosen = new LinkedHashMap<>(chosen);
    }

    /// What the user set, with full keys.
    public Map<String, String> chosen() {
        var keys = new LinkedHashMap<String, String>();
        chosen.forEach((option, value) -> keys.put(option.key(), value));
        return keys;
    }

    /// The options for translators of a type in the graphs of a role: `defaults`, in their order, with what the
    /// user set in their place or after them.
    public Map<String, String> over(Map<String, String> defaults, Role role, String type) {
        var options = new LinkedHashMap<>(defaults);
        chosen.forEach((option, value) -> option.slots().stream()
                .filter(slot -> slot.type().equals(type) && slot.roles().contains(role))
                .forEach(slot -> options.put(slot.key(), value)));
        return options;
    }

    /// Whether a translator of this type belongs into a client's graph, where the user said so.
    public Optional<Boolean> layer(String type) {
        return chosen.entrySet().stream()
                .filter(choice -> choice.getKey().layers().contains(type))
                .map(choice -> choice.getValue().equals("on"))
                .findFirst();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Settings settings && chosen.equals(settings.chosen);
    }

    @Override
    public int hashCode() {
        return Objects.hash(chosen);
    }

    @Override
    public String toString() {
        return chosen().toString();
    }
}
