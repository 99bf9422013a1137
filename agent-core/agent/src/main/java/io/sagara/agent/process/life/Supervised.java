package io.sagara.agent.process.life;

import io.sagara.agent.process.DaemonSpec;
import io.sagara.spi.StorageException;
import java.util.Optional;

/// A daemon that can be kept running. Called from any thread; what it throws makes the attempt fail.
public interface Supervised {
    /// For people, unique on this agent: `p1.brick-0`.
    String name();

    /// What to start now. Its pid file and log must stay the same as long as it is supervised.
    DaemonSpec spec();

    /// What is still missing before it serves, such as `its port 24100 does not accept connections`; empty
    /// where it serves. Returns within a second.
    Optional<String> missing();

    /// A better account of a start that failed or a process that ended, where one can be found by looking
    /// around, such as the program that holds its port.
    default StorageException diagnose(StorageException failure) {
        return failure;
    }
}
