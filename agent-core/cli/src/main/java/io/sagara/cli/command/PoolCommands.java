package io.sagara.cli.command;

import io.sagara.api.v1.PoolStatus;
import io.sagara.api.v1.RemovePoolRequest;
import io.sagara.cli.command.Command.OutputFormat;
import io.sagara.cli.state.StateDirectory;
import io.sagara.cli.text.Json;
import io.sagara.cli.text.Lines;
import io.sagara.cli.text.StatusText;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/// `sagara pool …`.
public final class PoolCommands {
    private PoolCommands() {}

    /// `sagara pool list`
    public static final class ListPools implements Command {
        @Override
        public CommandSpec spec() {
            return Command.named("list", "Lists the pools the agent serves.").addOption(Command.output());
        }

        @Override
        public ExitCode run(ParseResult arguments, Terminal terminal) throws InterruptedException {
            StateDirectory state =
                    new StateDirectory(arguments.matchedOption("--state").getValue());
            try (AgentConnection agent = AgentConnection.open(state)) {
                List<PoolStatus> pools = agent.pools();
                boolean json = arguments.matchedOptionValue("--output", OutputFormat.TABLE) == OutputFormat.JSON;
                terminal.out().print(json ? Json.of(pools) + "\n" : StatusText.pools(pools));
                return ExitCode.OK;
            }
        }
    }

    /// `sagara pool remove`
    public record RemovePool(Surroundings surroundings) implements Command {
        @Override
        public CommandSpec spec() {
            return Command.named("remove", "Stops serving a pool and forgets it; its data stays on its storage.")
                    .addPositional(Command.name("The pool."))
                    .addOption(Command.flag("--erase", "Also erase its data: every volume in it."));
        }

        @Override
        public ExitCode run(ParseResult arguments, Terminal terminal) throws InterruptedException {
            StateDirectory state =
                    new StateDirectory(arguments.matchedOption("--state").getValue());
            Lines lines = new Lines(terminal.out(), surroundings.clock());
            RemovePoolRequest request = RemovePoolRequest.newBuilder()
                    .setName(arguments.matchedPositionalValue(0, ""))
                    .setErase(arguments.matchedOptionValue("--erase", false))
                    .build();
            try (AgentConnection agent = AgentConnection.open(state)) {
                agent.follow(stub -> stub.removePool(request), progress -> lines.say(progress.getLine()));
                return ExitCode.OK;
            }
        }
    }
}
