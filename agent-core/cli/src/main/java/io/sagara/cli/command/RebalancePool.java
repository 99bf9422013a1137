package io.sagara.cli.command;

import io.sagara.api.v1.RebalanceAction;
import io.sagara.api.v1.RebalancePoolRequest;
import io.sagara.api.v1.RebalanceStatus;
import io.sagara.cli.command.Command.OutputFormat;
import io.sagara.cli.state.StateDirectory;
import io.sagara.cli.text.Json;
import io.sagara.cli.text.StatusText;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/// `sagara pool rebalance`
public final class RebalancePool implements Command {
    private static final Map<String, RebalanceAction> ACTIONS = new TreeMap<>(Map.of(
            "status", RebalanceAction.REBALANCE_ACTION_UNSPECIFIED,
            "start", RebalanceAction.START,
            "pause", RebalanceAction.PAUSE,
            "resume", RebalanceAction.RESUME));

    @Override
    public CommandSpec spec() {
        return Command.named("rebalance", "Moves files of this node's units to units that were added, while in use.")
                .addPositional(Command.name("The pool."))
                .addPositional(PositionalParamSpec.builder()
                        .index("1")
                        .arity("0..1")
                        .paramLabel("ACTION")
                        .type(String.class)
                        .description("status (default), start, pause or resume.")
                        .build())
                .addOption(Command.output());
    }

    @Override
    public ExitCode run(ParseResult arguments, Terminal terminal) throws InterruptedException {
        String name = arguments.matchedPositionalValue(1, "status");
        RebalanceAction action = ACTIONS.get(name);
        if (action == null) {
            throw new Failure(
                    ExitCode.USAGE, "'" + name + "' is no action; use one of " + String.join(", ", ACTIONS.keySet()));
        }
        RebalancePoolRequest request = RebalancePoolRequest.newBuilder()
                .setPool(arguments.matchedPositionalValue(0, ""))
                .setAction(action)
                .build();
        StateDirectory state =
                new StateDirectory(arguments.matchedOption("--state").getValue());
        try (AgentConnection agent = AgentConnection.open(state)) {
            RebalanceStatus status = agent.call(stub -> stub.rebalancePool(request));
            boolean json = arguments.matchedOptionValue("--output", OutputFormat.TABLE) == OutputFormat.JSON;
            terminal.out().print(json ? Json.of(status) + "\n" : StatusText.rebalance(status) + "\n");
            return ExitCode.OK;
        }
    }
}
