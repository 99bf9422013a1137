package io.sagara.agent.publish;

import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// One thing at a time at each target.
public final class TargetLocks {
    private final Set<Path> busy = ConcurrentHashMap.newKeySet();

    /// What is done at a target.
    public interface Work<T> {
        /// Does it.
        T run() throws IOException;
    }

    /// Does `work` at once; BUSY where something is being done at `target`.
    public <T> T alone(Path target, Work<T> work) throws IOException {
        if (!busy.add(target)) {
            throw new StorageException(
                    Problem.BUSY, "something is being done at " + target + " right now; repeat the request later");
        }
        try {
            return work.run();
        } finally {
            busy.remove(target);
        }
    }
}
