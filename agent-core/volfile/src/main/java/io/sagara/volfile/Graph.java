package io.sagara.volfile;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// A whole GlusterFS graph: `top` and all that is below it. A value; any number of threads may use it.
///
/// The text is byte-stable: equal graphs have equal texts, so an unchanged graph never restarts anything.
/// `Graph.parse(graph.text())` equals `graph`.
public record Graph(Translator top) {
    /// Refuses two different translators with one name. The same translator may stand at several places.
    public Graph {
        var _ = postOrder(top);
    }

    /// Reads a graph that Sagara wrote, or one by GlusterFS that keeps Sagara's rules. Order of options and
    /// layout of the text do not matter. Throws [VolfileException] with the number of the offending line.
    public static Graph parse(String text) {
        return new Parser(text).graph();
    }

    /// All translators, each once and before those that stand on it; the last is [#top].
    public List<Translator> translators() {
        return List.copyOf(postOrder(top).values());
    }

    /// The graph in GlusterFS' syntax, ended by a newline.
    public String text() {
        return postOrder(top).values().stream().map(Graph::stanza).collect(Collectors.joining("\n"));
    }

    @Override
    public String toString() {
        return text();
    }

    private static Map<String, Translator> postOrder(Translator top) {
        var placed = new LinkedHashMap<String, Translator>();
        place(top, placed);
        return placed;
    }

    private static void place(Translator translator, Map<String, Translator> placed) {
        Translator other = placed.get(translator.name());
        if (other == null) {
            translator.below().forEach(t -> place(t, placed));
            other = placed.putIfAbsent(translator.name(), translator);
        }
        if (other != null && !other.equals(translator)) {
            throw new VolfileException("two different translators are named '" + translator.name() + "', a "
                    + other.type() + " and a " + translator.type());
        }
    }

    private static String stanza(Translator translator) {
        var text = new StringBuilder("volume ").append(Word.written(translator.name()));
        text.append("\n    type ").append(Word.written(translator.type()));
        translator
                .options()
                .forEach((key, value) -> text.append("\n    option ")
                        .append(Word.written(key))
                        .append(' ')
                        .append(Word.written(value)));
        if (!translator.below().isEmpty()) {
            text.append("\n    subvolumes");
            translator.below().forEach(t -> text.append(' ').append(Word.written(t.name())));
        }
        return text.append("\nend-volume\n").toString();
    }
}
