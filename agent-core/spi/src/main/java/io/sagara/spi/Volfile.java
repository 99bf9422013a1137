package io.sagara.spi;

/// A GlusterFS graph as text.
///
/// `id`: the key under which the agent serves it (GlusterFS: volfile-id); it starts with the pool's name or
/// with `<role>/<pool>`. `text`: the graph in GlusterFS' own syntax.
public record Volfile(String id, String text) {}
