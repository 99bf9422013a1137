package io.sagara.cli.command;

import io.sagara.cli.command.Command.OutputFormat;
import io.sagara.cli.launch.Child;
import io.sagara.cli.state.Lock;
import io.sagara.cli.state.StateDirectory;
import io.sagara.cli.text.Json;
import io.sagara.cli.text.Snapshot;
import io.sagara.cli.text.StatusText;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/// `sagara status`: what the agent serves, and by its exit code whether all of it is well.
public final class StatusCommand implements Command {
    @Override
    public CommandSpec spec() {
        CommandSpec spec = Command.named(
                "status",
                "Shows the agent, its backends, pools, bricks and processes. Ends with 0 when all is ready, 3 when"
                        + " something needs attention, 4 when no agent answers.");
        return spec.addOption(Command.output());
    }

    @Override
    public ExitCode run(ParseResult arguments, Terminal terminal) throws InterruptedException {
        StateDirectory state =
                new StateDirectory(arguments.matchedOption("--state").getValue());
        boolean json = arguments.matchedOptionValue("--output", OutputFormat.TABLE) == OutputFormat.JSON;
        Snapshot snapshot;
        try (AgentConnection agent = AgentConnection.open(state)) {
            snapshot = new Snapshot(
                    state.root(),
                    Optional.of(agent.info()),
                    Child.isListening(state.csiSocket()),
                    Lock.isHeld(state.upLock()),
                    agent.pools());
        } catch (Failure e) {
            if (json) {
                terminal.out().print(Json.of(new Snapshot(state.root(), Optional.empty(), false, false, List.of())));
            }
            throw e;
        }
        terminal.out().print(json ? Json.of(snapshot) : StatusText.of(snapshot));
        return snapshot.ready() ? ExitCode.OK : ExitCode.DEGRADED;
    }
}
