package io.sagara.agent.pool;

import io.sagara.agent.posix.ForeignMount;
import io.sagara.spi.BackendHost;
import io.sagara.spi.Commands;
import io.sagara.spi.NativeBricks;
import io.sagara.spi.Provisioning;
import io.sagara.spi.Volfiles;
import java.nio.file.Path;

/// What the agent lends to one backend.
///
/// `stateDirectory`: of this backend alone; it exists.
public record AgentHost(
        String node,
        Path stateDirectory,
        Commands commands,
        Volfiles volfiles,
        NativeBricks bricks,
        Provisioning provisioning)
        implements BackendHost {
    @Override
    public void progress(String line) {
        ProgressLines.tell(line);
    }

    @Override
    public void mountFrom(long pid, Path path, Path directory) {
        ForeignMount.bind(pid, path, directory);
    }
}
