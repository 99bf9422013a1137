package io.sagara.volfile;

import java.util.List;
import java.util.Map;
import java.util.Set;

/// Spreads files over sets by a hash of their names (DHT).
///
/// `lookup-optimize` is always off: with GlusterFS' default, files vanished by name while a grown pool's layout
/// was being fixed. `sets`: in the pool's order. `settings`: further options of cluster/distribute.
public record Distribute(String name, List<Translator> sets, Map<String, String> settings) implements Translator {
    static final String TYPE = "cluster/distribute";
    private static final Map<String, String> ALWAYS = Map.of("lookup-optimize", "off");
    private static final Set<String> OWN = ALWAYS.keySet();

    /// Refuses an empty list of sets and the same set twice.
    public Distribute {
        name = Word.plain("the name of a translator", name);
        sets = List.copyOf(sets);
        if (sets.isEmpty()) {
            throw new VolfileException("'" + name + "' has nothing to distribute over");
        }
        if (sets.stream().map(Translator::name).distinct().count() != sets.size()) {
            throw new VolfileException("'" + name + "' has one set twice");
        }
        settings = Word.settings(name, settings, OWN);
    }

    static Distribute from(Parser.Stanza stanza) {
        return new Distribute(stanza.name(), stanza.below(), stanza.without(OWN));
    }

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public Map<String, String> options() {
        return Word.joined(ALWAYS, settings);
    }

    @Override
    public List<Translator> below() {
        return sets;
    }
}
