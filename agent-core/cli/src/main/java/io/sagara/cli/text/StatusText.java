package io.sagara.cli.text;

import io.sagara.api.v1.AgentInfo;
import io.sagara.api.v1.BrickSpec;
import io.sagara.api.v1.BrickStatus;
import io.sagara.api.v1.LayoutType;
import io.sagara.api.v1.PoolStatus;
import io.sagara.api.v1.ProcessStatus;
import io.sagara.api.v1.RebalancePhase;
import io.sagara.api.v1.RebalanceStatus;
import io.sagara.api.v1.SplitBrainFile;
import io.sagara.api.v1.TiebreakerStatus;
import io.sagara.api.v1.Volume;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// Tables for people.
public final class StatusText {
    private StatusText() {}

    /// The agent, its pools, their bricks and processes, and what needs attention.
    public static String of(Snapshot snapshot) {
        StringBuilder text = new StringBuilder();
        snapshot.agent().ifPresent(info -> text.append(agent(snapshot, info)));
        if (snapshot.pools().isEmpty()) {
            return text.append("no pools\n").toString();
        }
        text.append('\n').append(pools(snapshot.pools())).append(ReclaimText.trash(snapshot.pools()));
        text.append('\n').append(bricks(snapshot.pools()));
        Table processes = processes(snapshot.pools());
        if (!processes.isEmpty()) {
            text.append('\n').append(processes);
        }
        return text.append(messages(snapshot.pools())).toString();
    }

    private static String agent(Snapshot snapshot, AgentInfo info) {
        StringBuilder text = new StringBuilder();
        text.append("agent     %s, pid %d, node %s, %s\n"
                .formatted(
                        info.getVersion(),
                        info.getPid(),
                        info.getNode(),
                        info.getReady() ? "ready" : "taking up its pools"));
        text.append("sockets   %s\n".formatted(snapshot.state().resolve("agent.sock")));
        text.append("          %s%s\n"
                .formatted(
                        snapshot.state().resolve("csi.sock"),
                        snapshot.csiListening()
                                ? ""
                                : snapshot.csiExpected() ? " (does not answer)" : " (not running)"));
        text.append("backends  %s\n"
                .formatted(info.getBackendsCount() == 0 ? "none" : String.join(", ", info.getBackendsList())));
        info.getRefusedBackendsList().forEach(refused -> text.append("refused   %s\n".formatted(refused)));
        return text.toString();
    }

    /// One line a pool.
    public static String pools(List<PoolStatus> pools) {
        Table table = new Table("POOL", "TYPE", "STATE", "BRICKS", "SIZE", "USED", "PROMISED", "VOLUMES");
        for (PoolStatus pool : pools) {
            long running = pool.getBricksList().stream()
                    .filter(brick -> brick.getState().equals("RUNNING"))
                    .count();
            table.add(
                    pool.getSpec().getName(),
                    type(pool.getSpec().getLayout()),
                    pool.getPhase().name(),
                    running + "/" + pool.getBricksCount(),
                    Sizes.shown(pool.getTotalBytes()),
                    Sizes.shown(pool.getUsedBytes()),
                    Sizes.shown(pool.getPromisedBytes()),
                    Long.toString(pool.getVolumes()));
        }
        return table.toString();
    }

    private static Table bricks(List<PoolStatus> pools) {
        Table table = new Table("POOL", "BRICK", "STORAGE", "STATE", "PID", "ADDRESS", "SIZE", "FREE", "RESTARTS");
        for (PoolStatus pool : pools) {
            for (BrickStatus brick : pool.getBricksList()) {
                table.add(
                        pool.getSpec().getName(),
                        Integer.toString(brick.getIndex()),
                        storage(pool, brick),
                        brick.getLocal() ? brick.getState() : "",
                        pid(brick.getPid()),
                        brick.getPort() == 0 ? brick.getAddress() : brick.getAddress() + ":" + brick.getPort(),
                        Sizes.shown(brick.getTotalBytes()),
                        Sizes.shown(brick.getFreeBytes()),
                        Long.toString(brick.getRestarts()));
            }
            if (pool.hasTiebreaker()) {
                TiebreakerStatus third = pool.getTiebreaker();
                table.add(
                        pool.getSpec().getName(),
                        "tiebreaker",
                        pool.getSpec().getTiebreaker().getPath() + (third.getLocal() ? "" : " on " + third.getNode()),
                        third.getLocal() ? third.getState() : third.getReachable() ? "REACHABLE" : "AWAY",
                        pid(third.getPid()),
                        third.getAddress() + ":" + third.getPort(),
                        "",
                        "",
                        Long.toString(third.getRestarts()));
            }
        }
        return table;
    }

    private static String storage(PoolStatus pool, BrickStatus brick) {
        List<BrickSpec> specs = pool.getSpec().getBricksList();
        String type =
                brick.getIndex() < specs.size() ? specs.get(brick.getIndex()).getType() + " " : "";
        return type + brick.getSource() + (brick.getLocal() ? "" : " on " + brick.getNode());
    }

    private static Table processes(List<PoolStatus> pools) {
        Table table = new Table("POOL", "PROCESS", "STATE", "PID", "RESTARTS");
        for (PoolStatus pool : pools) {
            for (ProcessStatus process : pool.getProcessesList()) {
                table.add(
                        pool.getSpec().getName(),
                        process.getRole(),
                        process.getState(),
                        pid(process.getPid()),
                        Long.toString(process.getRestarts()));
            }
        }
        return table;
    }

    /// What needs attention: a sentence each; nothing where all is well.
    private static String messages(List<PoolStatus> pools) {
        StringBuilder text = new StringBuilder();
        for (PoolStatus pool : pools) {
            String name = "pool " + pool.getSpec().getName();
            if (!pool.getMessage().isEmpty()) {
                text.append(name).append(": ").append(pool.getMessage()).append('\n');
            }
            RebalancePhase phase = pool.getRebalance().getPhase();
            if (phase != RebalancePhase.REBALANCE_PHASE_UNSPECIFIED && phase != RebalancePhase.DONE) {
                text.append(name)
                        .append(", rebalance ")
                        .append(rebalance(pool.getRebalance()))
                        .append('\n');
            }
            for (BrickStatus brick : pool.getBricksList()) {
                if (!brick.getDetail().isEmpty()) {
                    text.append("%s, brick %d: %s\n".formatted(name, brick.getIndex(), brick.getDetail()));
                }
            }
            for (ProcessStatus process : pool.getProcessesList()) {
                if (!process.getDetail().isEmpty()) {
                    text.append("%s, %s: %s\n".formatted(name, process.getRole(), process.getDetail()));
                }
            }
        }
        return text.isEmpty() ? "" : "\n" + text;
    }

    /// How far files have moved, in one line.
    public static String rebalance(RebalanceStatus status) {
        if (status.getPhase() == RebalancePhase.REBALANCE_PHASE_UNSPECIFIED) {
            return "there was no rebalance";
        }
        String counted = "%s: %d of %d files moved (%s), %d failed, %d skipped, %d s"
                .formatted(
                        status.getPhase().name().replace("REBALANCE_", ""),
                        status.getMovedFiles(),
                        status.getScannedFiles(),
                        Sizes.shown(status.getMovedBytes()),
                        status.getFailures(),
                        status.getSkippedFiles(),
                        status.getSeconds());
        return status.getDetail().isEmpty() ? counted : counted + "; " + status.getDetail();
    }

    /// One line a file; nothing where there is none.
    public static String splitBrain(List<SplitBrainFile> files) {
        Table table = new Table("FILE", "UNITS");
        for (SplitBrainFile file : files) {
            table.add(
                    file.getPath().isEmpty() ? "gfid:" + file.getGfid() : file.getPath(),
                    file.getBricksList().stream().map(String::valueOf).collect(Collectors.joining(", ")));
        }
        return table.isEmpty() ? "" : table.toString();
    }

    /// One line a volume.
    public static String volumes(List<Volume> volumes) {
        Table table = new Table("VOLUME", "POOL", "KIND", "SIZE", "CREATED", "PATH");
        for (Volume volume : volumes) {
            Instant created = Instant.ofEpochSecond(volume.getCreatedAt().getSeconds());
            table.add(
                    volume.getName(),
                    volume.getPool(),
                    volume.getKind().name().toLowerCase(Locale.ROOT),
                    volume.getSingleVolume() ? "the whole pool" : Sizes.shown(volume.getSizeBytes()),
                    volume.hasCreatedAt()
                            ? created.truncatedTo(ChronoUnit.SECONDS).toString()
                            : "",
                    volume.getPath());
        }
        return table.toString();
    }

    /// The type of a pool as users write it: `Replica3`.
    private static String type(LayoutType layout) {
        return layout.name().charAt(0) + layout.name().substring(1).toLowerCase(Locale.ROOT);
    }

    private static String pid(long pid) {
        return pid == 0 ? "" : Long.toString(pid);
    }
}
