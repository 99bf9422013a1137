package io.sagara.cli.serve;

import io.sagara.cli.command.Command;
import io.sagara.cli.command.ExitCode;
import io.sagara.cli.command.Surroundings;
import io.sagara.cli.command.Terminal;
import io.sagara.cli.state.StateDirectory;
import io.sagara.cli.text.Lines;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/// `sagara down`: [Down] does it.
public record DownCommand(Surroundings surroundings) implements Command {
    @Override
    public CommandSpec spec() {
        return Command.named(
                        "down",
                        "Ends everything that serves a state directory: sidecar, agent, bricks and mounts. Pools and"
                                + " their data stay, and 'sagara up' serves them again. Repeating it changes nothing.")
                .addOption(Command.flag("--purge", "Also erase the data of all its pools, and remove the directory."));
    }

    @Override
    public ExitCode run(ParseResult arguments, Terminal terminal) throws InterruptedException {
        StateDirectory state =
                new StateDirectory(arguments.matchedOption("--state").getValue());
        boolean purge = arguments.matchedOptionValue("--purge", false);
        Lines lines = new Lines(terminal.out(), surroundings.clock());
        return Interrupts.guard(() -> new Down(state, surroundings, lines).run(purge));
    }
}
