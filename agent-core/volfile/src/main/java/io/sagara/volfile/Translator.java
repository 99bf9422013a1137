package io.sagara.volfile;

import java.util.List;
import java.util.Map;

/// One stanza of a GlusterFS graph, with the translators it stands on. Translators are values: they are equal
/// when their stanzas are, and one instance may stand below several others (a graph is a DAG).
///
/// Types with rules have records of their own, which refuse what GlusterFS would accept and then do wrong; all
/// other types are a [Layer].
public sealed interface Translator permits Posix, Client, Server, Replicate, Disperse, Distribute, Layer {
    /// Unique in its graph: not empty, no whitespace, no quote, backslash or backtick.
    String name();

    /// GlusterFS' name for the translator, such as `cluster/replicate`.
    String type();

    /// All options, in the order in which they are written.
    Map<String, String> options();

    /// The translators this one sends its calls to, in order; empty for the leaves of a graph.
    List<Translator> below();
}
