package io.sagara.cli.command;

import io.sagara.api.v1.ApplyPoolRequest;
import io.sagara.api.v1.GetPoolRequest;
import io.sagara.api.v1.PoolSpec;
import io.sagara.cli.state.StateDirectory;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/// `sagara pool decommission`
public final class DecommissionSet implements Command {
    @Override
    public CommandSpec spec() {
        return Command.named(
                        "decommission",
                        "Moves everything off the set of a unit while the pool is in use, and ends its bricks when nothing"
                                + " is left on them. What is on their storage stays as it is.")
                .addPositional(Command.name("The pool."))
                .addOption(Command.text("--unit", "N", true, "One of the set, as 'status' counts bricks, from 0."))
                .addOption(Command.flag("--undo", "Keep the set after all, while its bricks have not ended."));
    }

    @Override
    public ExitCode run(ParseResult arguments, Terminal terminal) throws InterruptedException {
        String unit = arguments.matchedOptionValue("--unit", "");
        if (!unit.matches("[0-9]{1,6}")) {
            throw new Failure(ExitCode.USAGE, "'" + unit + "' is no number of a unit; they count from 0");
        }
        String name = arguments.matchedPositionalValue(0, "");
        boolean undo = arguments.matchedOptionValue("--undo", false);
        StateDirectory state =
                new StateDirectory(arguments.matchedOption("--state").getValue());
        try (AgentConnection agent = AgentConnection.open(state)) {
            PoolSpec spec = agent.call(stub -> stub.getPool(
                            GetPoolRequest.newBuilder().setName(name).build()))
                    .getSpec();
            PoolSpec changed = changed(spec, Integer.parseInt(unit), !undo);
            agent.follow(
                    stub -> stub.applyPool(
                            ApplyPoolRequest.newBuilder().setPool(changed).build()),
                    progress -> {
                        if (!progress.getLine().isEmpty()) {
                            terminal.out().println(progress.getLine());
                        }
                    });
            terminal.out().println(advice(name, undo));
            return ExitCode.OK;
        }
    }

    private static String advice(String name, boolean undo) {
        return undo
                ? "the set stays; take 'decommissioned' out of the pool's file, and see 'sagara pool rebalance " + name
                        + "'"
                : "files are leaving the set; write 'decommissioned: true' at its units in the pool's file, for ever,"
                        + " and see 'sagara pool rebalance " + name + "'";
    }

    private static PoolSpec changed(PoolSpec spec, int unit, boolean leaves) {
        if (unit >= spec.getBricksCount()) {
            throw new Failure(
                    ExitCode.FAILED,
                    "pool " + spec.getName() + " has no unit " + unit + "; its units are 0 to "
                            + (spec.getBricksCount() - 1));
        }
        int size = setSize(spec);
        PoolSpec.Builder changed = spec.toBuilder();
        int first = unit / size * size;
        for (int i = first; i < first + size; i++) {
            changed.getBricksBuilder(i).setDecommissioned(leaves);
        }
        return changed.build();
    }

    private static int setSize(PoolSpec spec) {
        return switch (spec.getLayout()) {
            case REPLICA2 -> 2;
            case REPLICA3, ARBITER -> 3;
            case DISPERSE -> spec.getDisperseData() + spec.getDisperseRedundancy();
            case REPLICA1, EXTERNAL, LAYOUT_TYPE_UNSPECIFIED, UNRECOGNIZED -> 1;
        };
    }
}
