package io.sagara.cli.command;

import io.sagara.api.v1.ReplaceBrickRequest;
import io.sagara.cli.state.StateDirectory;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/// `sagara pool replace-brick`
public final class ReplaceBrick implements Command {
    @Override
    public CommandSpec spec() {
        return Command.named(
                        "replace-brick",
                        "Begins a unit of a redundant pool anew, empty, as after its disk was replaced, and heals it from"
                                + " the others of its set. What is left on it is removed.")
                .addPositional(Command.name("The pool."))
                .addOption(Command.text("--unit", "N", true, "Which, as 'status' counts bricks, from 0."))
                .addOption(Command.flag("--force", "Also where other units of its set are away or not healed."));
    }

    @Override
    public ExitCode run(ParseResult arguments, Terminal terminal) throws InterruptedException {
        String unit = arguments.matchedOptionValue("--unit", "");
        if (!unit.matches("[0-9]{1,6}")) {
            throw new Failure(ExitCode.USAGE, "'" + unit + "' is no number of a unit; they count from 0");
        }
        ReplaceBrickRequest request = ReplaceBrickRequest.newBuilder()
                .setPool(arguments.matchedPositionalValue(0, ""))
                .setUnit(Integer.parseInt(unit))
                .setForce(arguments.matchedOptionValue("--force", false))
                .build();
        StateDirectory state =
                new StateDirectory(arguments.matchedOption("--state").getValue());
        try (AgentConnection agent = AgentConnection.open(state)) {
            agent.follow(
                    stub -> stub.replaceBrick(request),
                    progress -> terminal.out().println(progress.getLine()));
            return ExitCode.OK;
        }
    }
}
