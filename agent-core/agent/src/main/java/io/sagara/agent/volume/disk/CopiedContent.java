package io.sagara.agent.volume.disk;

import io.sagara.spi.Bytes;
import java.io.IOException;
import java.nio.file.Path;

/// How the content of one kind of volumes is copied. Paths named `data` are relative to the pool.
interface CopiedContent {
    /// Makes it with nothing in it. Throws where something is in the way.
    void make(Path data) throws IOException;

    /// Makes its size hold, where that needs more than the size itself.
    void limit(Path data, Bytes size);

    /// Copies. `from`: relative to the pool. `to`: what was made, whatever has its name by now. Throws IN_USE where
    /// the source must not be read now.
    void fill(Path from, Path to, Bytes size) throws IOException;

    /// Returns when it survives the loss of power.
    void force(Path data) throws IOException;
}
