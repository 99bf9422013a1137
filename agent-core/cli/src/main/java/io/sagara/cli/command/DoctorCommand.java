package io.sagara.cli.command;

import io.sagara.cli.command.Command.OutputFormat;
import io.sagara.cli.launch.Child;
import io.sagara.cli.state.Lock;
import io.sagara.cli.state.StateDirectory;
import io.sagara.cli.text.Diagnosis;
import io.sagara.cli.text.Finding;
import io.sagara.cli.text.Json;
import io.sagara.cli.text.Snapshot;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/// `sagara doctor`: what is not as it should be, and what to do about it.
public final class DoctorCommand implements Command {
    @Override
    public CommandSpec spec() {
        CommandSpec spec = Command.named(
                "doctor",
                "Says why a pool is not well, with one line of advice for each finding. Ends with 0 when all is well,"
                        + " 3 when something was found, 4 when no agent answers.");
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
        }
        List<Finding> findings = Diagnosis.of(snapshot);
        terminal.out().print(json ? Json.findings(snapshot, findings) : Diagnosis.text(snapshot, findings));
        return findings.isEmpty() ? ExitCode.OK : ExitCode.DEGRADED;
    }
}
