package io.sagara.cli.command;

import io.sagara.api.v1.HealPoolRequest;
import io.sagara.api.v1.ListSplitBrainRequest;
import io.sagara.api.v1.ResolveSplitBrainRequest;
import io.sagara.api.v1.SplitBrainFile;
import io.sagara.api.v1.SplitBrainPolicy;
import io.sagara.cli.command.Command.OutputFormat;
import io.sagara.cli.state.StateDirectory;
import io.sagara.cli.text.Json;
import io.sagara.cli.text.StatusText;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/// `sagara pool heal` and `sagara pool split-brain`.
public final class HealCommands {
    private static final Map<String, SplitBrainPolicy> POLICIES = new TreeMap<>(Map.of(
            "bigger-file", SplitBrainPolicy.BIGGER_FILE,
            "latest-mtime", SplitBrainPolicy.LATEST_MTIME,
            "source-brick", SplitBrainPolicy.SOURCE_BRICK));

    private HealCommands() {}

    /// `sagara pool heal`
    public static final class Heal implements Command {
        @Override
        public CommandSpec spec() {
            return Command.named(
                            "heal",
                            "Heals now what waits for it, from the bricks of this node. 'status -o json' says how much is"
                                    + " left.")
                    .addPositional(Command.name("The pool."))
                    .addOption(Command.flag("--full", "Compare every file, as after a disk has lost some."));
        }

        @Override
        public ExitCode run(ParseResult arguments, Terminal terminal) throws InterruptedException {
            HealPoolRequest request = HealPoolRequest.newBuilder()
                    .setPool(arguments.matchedPositionalValue(0, ""))
                    .setFull(arguments.matchedOptionValue("--full", false))
                    .build();
            try (AgentConnection agent = connect(arguments)) {
                agent.follow(
                        stub -> stub.healPool(request),
                        progress -> terminal.out().println(progress.getLine()));
                return ExitCode.OK;
            }
        }
    }

    /// `sagara pool split-brain`
    public static final class SplitBrain implements Command {
        @Override
        public CommandSpec spec() {
            return Command.named(
                            "split-brain",
                            "Lists files whose copies contradict each other, and ends with 3 where there are some; with"
                                    + " --policy, overwrites the copies that are not chosen.")
                    .addPositional(Command.name("The pool."))
                    .addOption(Command.text(
                            "--policy",
                            "POLICY",
                            false,
                            "Which copy is right: " + String.join(", ", POLICIES.keySet()) + "."))
                    .addOption(Command.text(
                            "--file",
                            "PATH",
                            false,
                            "Only this one: its path from the root of the pool, or gfid:UUID; else all."))
                    .addOption(Command.text("--unit", "N", false, "Which copy is right, for source-brick."))
                    .addOption(Command.output());
        }

        @Override
        public ExitCode run(ParseResult arguments, Terminal terminal) throws InterruptedException {
            String name = arguments.matchedOptionValue("--policy", "");
            try (AgentConnection agent = connect(arguments)) {
                if (name.isEmpty()) {
                    return list(agent, arguments, terminal);
                }
                ResolveSplitBrainRequest request = resolution(arguments, name);
                agent.follow(
                        stub -> stub.resolveSplitBrain(request),
                        progress -> terminal.out().println(progress.getLine()));
                return ExitCode.OK;
            }
        }

        private static ExitCode list(AgentConnection agent, ParseResult arguments, Terminal terminal)
                throws InterruptedException {
            if (arguments.hasMatchedOption("--file") || arguments.hasMatchedOption("--unit")) {
                throw new Failure(ExitCode.USAGE, "--file and --unit need --policy, which says what to do");
            }
            ListSplitBrainRequest request = ListSplitBrainRequest.newBuilder()
                    .setPool(arguments.matchedPositionalValue(0, ""))
                    .build();
            List<SplitBrainFile> files =
                    agent.call(stub -> stub.listSplitBrain(request)).getFilesList();
            boolean json = arguments.matchedOptionValue("--output", OutputFormat.TABLE) == OutputFormat.JSON;
            terminal.out().print(json ? Json.of(files) + "\n" : StatusText.splitBrain(files));
            return files.isEmpty() ? ExitCode.OK : ExitCode.DEGRADED;
        }

        private static ResolveSplitBrainRequest resolution(ParseResult arguments, String name) {
            SplitBrainPolicy policy = POLICIES.get(name);
            if (policy == null) {
                throw new Failure(
                        ExitCode.USAGE,
                        "'" + name + "' is no policy; use one of " + String.join(", ", POLICIES.keySet()));
            }
            if (policy == SplitBrainPolicy.SOURCE_BRICK != arguments.hasMatchedOption("--unit")) {
                throw new Failure(ExitCode.USAGE, "--unit N belongs to the policy source-brick, which needs it");
            }
            return ResolveSplitBrainRequest.newBuilder()
                    .setPool(arguments.matchedPositionalValue(0, ""))
                    .setFile(arguments.matchedOptionValue("--file", ""))
                    .setPolicy(policy)
                    .setSourceBrick(unit(arguments.matchedOptionValue("--unit", "0")))
                    .build();
        }

        private static int unit(String text) {
            if (!text.matches("[0-9]{1,6}")) {
                throw new Failure(ExitCode.USAGE, "'" + text + "' is no number of a unit; they count from 0");
            }
            return Integer.parseInt(text);
        }
    }

    private static AgentConnection connect(ParseResult arguments) {
        return AgentConnection.open(
                new StateDirectory(arguments.matchedOption("--state").getValue()));
    }
}
