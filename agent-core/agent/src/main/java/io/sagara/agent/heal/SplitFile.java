package io.sagara.agent.heal;

import java.util.List;
import java.util.UUID;

/// A file or directory in split brain: its copies differ, and each says of the other that it is the wrong one.
///
/// `path`: from the root of the pool; empty where no brick knows it at the moment. `bricks`: which have a copy,
/// by index.
public record SplitFile(UUID gfid, String path, List<Integer> bricks) {
    /// Copies the list.
    public SplitFile {
        bricks = List.copyOf(bricks);
    }

    /// How it can be named to GlusterFS and to users.
    public String name() {
        return path.isEmpty() ? "gfid:" + gfid : path;
    }
}
