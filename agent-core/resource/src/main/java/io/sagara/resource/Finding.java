package io.sagara.resource;

/// One thing that is wrong with the text, or worth a note.
///
/// `line`: counted from 1; 0 where it concerns the whole text. `where`: the pool and the field, such as `pool
/// p1: spec.storage[0].path`; empty where there is none. `message`: what is wrong and what to do.
public record Finding(int line, String where, String message) {
    /// One sentence for people, with the place in front.
    @Override
    public String toString() {
        String place = line > 0 ? "line " + line + ": " : "";
        return place + (where.isEmpty() ? "" : where + ": ") + message;
    }
}
