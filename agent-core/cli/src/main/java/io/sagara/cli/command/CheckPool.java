package io.sagara.cli.command;

import io.sagara.api.v1.CheckPoolRequest;
import io.sagara.api.v1.Difference;
import io.sagara.api.v1.PoolCheck;
import io.sagara.cli.command.Command.OutputFormat;
import io.sagara.cli.state.StateDirectory;
import io.sagara.cli.text.Json;
import io.sagara.cli.text.ReclaimText;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/// `sagara pool check`: whether account, info files, directories and limits of a pool agree.
public final class CheckPool implements Command {
    @Override
    public CommandSpec spec() {
        return Command.named(
                        "check",
                        "Compares the account of a pool with its volumes and their limits. Ends with 0 when all agree or"
                                + " is repaired, 3 when something differs.")
                .addPositional(Command.name("The pool."))
                .addOption(
                        Command.flag(
                                "--repair",
                                "Put right what can be: rows, limits, leftovers of calls that were cut short. Deletes no data."))
                .addOption(Command.output());
    }

    @Override
    public ExitCode run(ParseResult arguments, Terminal terminal) throws InterruptedException {
        StateDirectory state =
                new StateDirectory(arguments.matchedOption("--state").getValue());
        CheckPoolRequest request = CheckPoolRequest.newBuilder()
                .setName(arguments.matchedPositionalValue(0, ""))
                .setRepair(arguments.matchedOptionValue("--repair", false))
                .build();
        AtomicReference<PoolCheck> answer = new AtomicReference<>(PoolCheck.getDefaultInstance());
        try (AgentConnection agent = AgentConnection.open(state)) {
            agent.follow(stub -> stub.checkPool(request), progress -> {
                if (progress.hasCheck()) {
                    answer.set(progress.getCheck());
                }
            });
        }
        PoolCheck check = Objects.requireNonNull(answer.get());
        boolean json = arguments.matchedOptionValue("--output", OutputFormat.TABLE) == OutputFormat.JSON;
        terminal.out().print(json ? Json.of(check) + "\n" : ReclaimText.check(check));
        return check.getDifferencesList().stream().allMatch(Difference::getRepaired) ? ExitCode.OK : ExitCode.DEGRADED;
    }
}
