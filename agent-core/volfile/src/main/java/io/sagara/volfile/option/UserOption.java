package io.sagara.volfile.option;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// One option of the catalogue. `key`: its name in `gluster volume set`. `slots`: the options of translators
/// that it sets. `layers`: the types of translators that it puts into a client's graph or takes out of it.
record UserOption(String key, ValueKind kind, List<Slot> slots, List<String> layers) {
    static final ValueKind SWITCH = new ValueKind.Switch();

    /// An option of a translator, in the graphs of some roles.
    record Slot(Set<Role> roles, String type, String key) {}

    /// Copies the lists.
    UserOption {
        slots = List.copyOf(slots);
        layers = List.copyOf(layers);
    }

    static UserOption of(String key, ValueKind kind) {
        return new UserOption(key, kind, List.of(), List.of());
    }

    UserOption sets(Set<Role> roles, String type, String option) {
        var more = new ArrayList<>(slots);
        more.add(new Slot(roles, type, option));
        return new UserOption(key, kind, more, layers);
    }

    UserOption puts(String type) {
        var more = new ArrayList<>(layers);
        more.add(type);
        return new UserOption(key, kind, slots, more);
    }
}
