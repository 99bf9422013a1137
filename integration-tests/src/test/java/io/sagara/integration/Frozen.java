package io.sagara.integration;

import io.sagara.api.v1.BrickStatus;
import java.util.List;

/// All bricks of a pool, stopped by SIGSTOP: they keep their connections and answer nothing, as a node does whose
/// disks hang. Closing it lets them go on.
final class Frozen implements AutoCloseable {
    private final List<Long> pids;

    Frozen(Standalone sagara, String pool) {
        pids = sagara.pool(pool).getBricksList().stream()
                .map(BrickStatus::getPid)
                .toList();
        signal("-STOP");
    }

    private void signal(String signal) {
        pids.forEach(pid -> Shell.check("kill", signal, String.valueOf(pid)));
    }

    @Override
    public void close() {
        signal("-CONT");
    }
}
