package io.sagara.volfile;

import java.util.List;
import java.util.Map;
import java.util.Set;

/// A disperse set (EC): every file in fragments, one on each brick, of which `redundancy` may be lost.
///
/// `bricks`: in the pool's order, which decides which fragment a brick holds and never changes. `settings`:
/// further options of cluster/disperse.
public record Disperse(String name, int redundancy, List<Translator> bricks, Map<String, String> settings)
        implements Translator {
    static final String TYPE = "cluster/disperse";
    private static final Set<String> OWN = Set.of("redundancy");

    /// Refuses a redundancy of 0, the same brick twice, and too few bricks: more than twice the redundancy.
    public Disperse {
        name = Word.plain("the name of a translator", name);
        bricks = List.copyOf(bricks);
        if (redundancy < 1 || bricks.size() <= 2 * redundancy) {
            throw new VolfileException("'" + name + "' has " + bricks.size() + " bricks and redundancy " + redundancy
                    + "; redundancy is at least 1, and there are more than twice as many bricks");
        }
        if (bricks.stream().map(Translator::name).distinct().count() != bricks.size()) {
            throw new VolfileException("'" + name + "' has one brick twice");
        }
        settings = Word.settings(name, settings, OWN);
    }

    static Disperse from(Parser.Stanza stanza) {
        return new Disperse(stanza.name(), stanza.number("redundancy"), stanza.below(), stanza.without(OWN));
    }

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public Map<String, String> options() {
        return Word.joined(Map.of("redundancy", Integer.toString(redundancy)), settings);
    }

    @Override
    public List<Translator> below() {
        return bricks;
    }
}
