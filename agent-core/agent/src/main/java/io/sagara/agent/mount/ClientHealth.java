package io.sagara.agent.mount;

import java.util.OptionalLong;

/// A [PoolClient] for status. `pid`: of the client, where one runs. `detail`: for people; empty where all is
/// well. `restarts`: how often it was started again.
public record ClientHealth(String role, OptionalLong pid, MountState state, String detail, int restarts) {}
