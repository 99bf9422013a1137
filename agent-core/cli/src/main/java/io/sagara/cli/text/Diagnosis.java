package io.sagara.cli.text;

import io.sagara.api.v1.AgentInfo;
import io.sagara.api.v1.BrickStatus;
import io.sagara.api.v1.PoolPhase;
import io.sagara.api.v1.PoolStatus;
import io.sagara.api.v1.ProcessStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Why something is not well, from what the agent has looked at already: names, ports, versions and quota of clusters,
/// bricks, space, heals, mounts and processes. Pure.
public final class Diagnosis {
    /// Of a file system or pool: a brick that is full gives no error, and falls behind.
    private static final int FULL_PERCENT = 90;

    /// How what to do begins.
    private static final Pattern ADVICE = Pattern.compile(
            "(start|correct|open|look|add|check|turn|update|set|wait|name|choose|repeat|mount|renew|replace|remove"
                    + "|delete|restore|see|make|give|leave|expand|stop|unmount|the pool is served|it is taken up)\\b");

    private static final Pattern MAJOR = Pattern.compile("[0-9]{1,4}");
    private static final int OLDEST = 10;
    private static final int OFTEN = 3;
    private static final int ALL = 100;

    private final List<Finding> findings = new ArrayList<>();

    private Diagnosis() {}

    /// What was found, the urgent first; empty where all is well.
    public static List<Finding> of(Snapshot snapshot) {
        Diagnosis diagnosis = new Diagnosis();
        snapshot.agent().ifPresent(agent -> diagnosis.agent(snapshot, agent));
        snapshot.pools().forEach(diagnosis::pool);
        List<Finding> ordered = new ArrayList<>(
                diagnosis.findings.stream().filter(Finding::urgent).distinct().toList());
        diagnosis.findings.stream()
                .filter(finding -> !finding.urgent())
                .distinct()
                .forEach(ordered::add);
        return List.copyOf(ordered);
    }

    private void agent(Snapshot snapshot, AgentInfo agent) {
        if (!agent.getReady()) {
            warn("agent", "it is still taking up its pools", "wait, and look again");
        }
        Matcher version = MAJOR.matcher(agent.getGlusterfsVersion());
        if (version.lookingAt() && Integer.parseInt(version.group()) < OLDEST) {
            warn(
                    "glusterfs",
                    "version " + agent.getGlusterfsVersion() + " of this node is older than " + OLDEST
                            + ", which is the oldest that is tested",
                    "update GlusterFS' packages on this node");
        }
        for (String refused : agent.getRefusedBackendsList()) {
            warn("backends", refused, "remove the jar from the plugins directory, or put one in that can be loaded");
        }
        if (snapshot.csiExpected() && !snapshot.csiListening()) {
            fail("csi", "the CSI sidecar does not answer", "look at its log in what 'sagara up' prints");
        }
    }

    private void pool(PoolStatus pool) {
        String name = "pool " + pool.getSpec().getName();
        message(name, pool);
        space(name, pool.getTotalBytes(), pool.getTotalBytes() - pool.getUsedBytes(), "delete volumes or add storage");
        if (pool.getTotalBytes() > 0 && pool.getPromisedBytes() > pool.getTotalBytes()) {
            warn(
                    name,
                    "its volumes may take " + Sizes.shown(pool.getPromisedBytes()) + ", and it has "
                            + Sizes.shown(pool.getTotalBytes()),
                    "add storage before they do");
        }
        // what its message says already is not said again
        pool.getProcessesList().stream()
                .filter(process -> !pool.getMessage().contains(process.getRole() + ": "))
                .forEach(process -> process(name, process));
        pool.getBricksList().stream().filter(BrickStatus::getLocal).forEach(brick -> brick(name, brick));
    }

    /// What is wrong and what to do stand beside each other in a message, several of them one after the other.
    private void message(String name, PoolStatus pool) {
        boolean fails = pool.getPhase() == PoolPhase.FAILED;
        String what = "";
        for (String part : pool.getMessage().split("; ", -1)) {
            if (ADVICE.matcher(part).lookingAt() && !what.isEmpty()) {
                add(name, fails || expired(pool, what), what, part);
                what = "";
            } else {
                told(name, fails, what);
                what = part;
            }
        }
        told(name, fails, what);
    }

    /// No new connection can be made, though what there is goes on: it will fail at the next restart.
    private static boolean expired(PoolStatus pool, String what) {
        return pool.getTls().getExpired() && pool.getTls().getProblem().startsWith(what);
    }

    private void told(String name, boolean fails, String what) {
        if (!what.isEmpty()) {
            add(name, fails, what, "");
        }
    }

    private void process(String pool, ProcessStatus process) {
        String where = pool + ", " + process.getRole();
        if (!process.getState().equals("RUNNING")) {
            fail(where, process.getState() + ": " + process.getDetail(), "it is started again by itself; see its log");
        } else if (!process.getDetail().isEmpty()) {
            warn(where, process.getDetail(), "look at the servers of the bricks that are not connected");
        }
        if (process.getRestarts() >= OFTEN) {
            warn(
                    where,
                    "it has been started again " + process.getRestarts() + " times",
                    "see its log for what ends it; memory is a usual reason");
        }
    }

    private void brick(String pool, BrickStatus brick) {
        String where = pool + ", brick " + brick.getIndex();
        if (!brick.getState().isEmpty() && !brick.getState().equals("RUNNING")) {
            fail(
                    where,
                    brick.getState() + (brick.getDetail().isEmpty() ? "" : ": " + brick.getDetail()),
                    "check " + brick.getSource() + "; the brick is started again by itself");
        }
        space(where, brick.getTotalBytes(), brick.getFreeBytes(), "add storage: a full brick falls behind its copies");
        if (brick.getPendingHeals() > 0) {
            warn(
                    where,
                    brick.getPendingHeals() + " entries wait to be healed from it",
                    "wait until they are before another brick is taken away");
        }
    }

    private void space(String where, long total, long free, String advice) {
        if (total > 0 && free < total / ALL * (ALL - FULL_PERCENT)) {
            warn(where, "only " + Sizes.shown(Math.max(0, free)) + " of " + Sizes.shown(total) + " are free", advice);
        }
    }

    private void fail(String where, String what, String advice) {
        add(where, true, what, advice);
    }

    private void warn(String where, String what, String advice) {
        add(where, false, what, advice);
    }

    private void add(String where, boolean urgent, String what, String advice) {
        findings.add(new Finding(where, urgent, what, advice));
    }

    /// For people: what is well in one line, and two lines for each finding.
    public static String text(Snapshot snapshot, List<Finding> findings) {
        StringBuilder text = new StringBuilder();
        snapshot.agent()
                .filter(agent -> !agent.getGlusterfsVersion().isEmpty())
                .ifPresent(agent -> text.append("Sagara ")
                        .append(agent.getVersion())
                        .append(", GlusterFS ")
                        .append(agent.getGlusterfsVersion())
                        .append(" on node ")
                        .append(agent.getNode())
                        .append('\n'));
        if (findings.isEmpty()) {
            text.append("all is well: ").append(snapshot.pools().size()).append(" pools\n");
        }
        for (Finding finding : findings) {
            text.append(finding.urgent() ? "FAILS  " : "WARN   ")
                    .append(finding.where())
                    .append(": ")
                    .append(finding.what())
                    .append('\n');
            if (!finding.advice().isEmpty()) {
                text.append("       > ").append(finding.advice()).append('\n');
            }
        }
        return text.toString();
    }
}
