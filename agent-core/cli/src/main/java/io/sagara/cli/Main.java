package io.sagara.cli;

import io.sagara.cli.command.CheckPool;
import io.sagara.cli.command.Command;
import io.sagara.cli.command.DecommissionSet;
import io.sagara.cli.command.DoctorCommand;
import io.sagara.cli.command.ExitCode;
import io.sagara.cli.command.Failure;
import io.sagara.cli.command.HealCommands;
import io.sagara.cli.command.PoolCommands;
import io.sagara.cli.command.RebalancePool;
import io.sagara.cli.command.ReclaimCommands;
import io.sagara.cli.command.ReplaceBrick;
import io.sagara.cli.command.StatusCommand;
import io.sagara.cli.command.Surroundings;
import io.sagara.cli.command.Terminal;
import io.sagara.cli.command.VolumeCommands;
import io.sagara.cli.serve.DownCommand;
import io.sagara.cli.serve.UpCommand;
import io.sagara.spi.StorageException;
import java.lang.module.ModuleDescriptor;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/// The `sagara` command line.
public final class Main {
    private static final String DEBUG = "--debug";

    private final Terminal terminal;
    private final Map<String, Command> commands = new LinkedHashMap<>();
    private final CommandLine line;

    Main(Terminal terminal, Surroundings surroundings) {
        this.terminal = terminal;
        CommandSpec root = CommandSpec.create()
                .name("sagara")
                .version("sagara " + version())
                .addOption(Command.help())
                .addOption(OptionSpec.builder("--version")
                        .versionHelp(true)
                        .description("Show the version.")
                        .build());
        root.usageMessage()
                .description("Storage on GlusterFS: serves pools on this machine and makes volumes in them.")
                .footer(
                        "",
                        "Exit codes: 0 done or all is well, 1 failed, 2 wrong command line or pool file, 3 something needs"
                                + " attention, 4 no agent answers.");
        line = new CommandLine(root);
        add(
                line,
                "",
                List.of(
                        new UpCommand(surroundings),
                        new StatusCommand(),
                        new DoctorCommand(),
                        new DownCommand(surroundings)));
        group(
                "pool",
                "Lists, checks, heals, grows, repairs and removes pools.",
                List.of(
                        new PoolCommands.ListPools(),
                        new CheckPool(),
                        new ReclaimCommands.PurgeArchived(),
                        new HealCommands.Heal(),
                        new HealCommands.SplitBrain(),
                        new RebalancePool(),
                        new ReplaceBrick(),
                        new DecommissionSet(),
                        new PoolCommands.RemovePool(surroundings)));
        group(
                "volume",
                "Lists, makes, expands, deletes and undeletes volumes.",
                List.of(
                        new VolumeCommands.ListVolumes(),
                        new VolumeCommands.CreateVolume(),
                        new VolumeCommands.ExpandVolume(),
                        new VolumeCommands.DeleteVolume(),
                        new ReclaimCommands.ListDeleted(),
                        new ReclaimCommands.Undelete()));
        // reaches only the commands that were added before
        line.setCaseInsensitiveEnumValuesAllowed(true);
    }

    /// Ends with one of the documented exit codes.
    public static void main(String[] arguments) {
        Logger.getLogger("").setLevel(Arrays.asList(arguments).contains(DEBUG) ? Level.ALL : Level.OFF);
        Surroundings surroundings = new Surroundings(System.getenv(), InstantSource.system());
        System.exit(new Main(Terminal.standard(), surroundings).run(arguments).number());
    }

    ExitCode run(String... arguments) {
        ParseResult parsed;
        try {
            parsed = line.parseArgs(arguments);
        } catch (ParameterException e) {
            terminal.fail(
                    e.getMessage() + "; see 'sagara " + path(e.getCommandLine().getCommandSpec()) + "--help'");
            return ExitCode.USAGE;
        }
        if (CommandLine.executeHelpRequest(parsed) != null) {
            return ExitCode.OK;
        }
        ParseResult leaf = parsed;
        while (leaf.hasSubcommand()) {
            leaf = leaf.subcommand();
        }
        Command command = commands.get(path(leaf.commandSpec()));
        if (command == null) {
            leaf.commandSpec().commandLine().usage(terminal.err());
            return ExitCode.USAGE;
        }
        return run(command, leaf);
    }

    private ExitCode run(Command command, ParseResult arguments) {
        boolean debug = arguments.matchedOptionValue(DEBUG, false);
        try {
            return command.run(arguments, terminal);
        } catch (Failure e) {
            terminal.fail(message(e));
            return e.code();
        } catch (StorageException e) {
            return failed(e, message(e), debug);
        } catch (InterruptedException e) {
            return failed(e, "interrupted before it was done", debug);
        } catch (RuntimeException e) {
            return failed(e, "unexpected failure: " + e + "; repeat with --debug and report it as a bug", debug);
        }
    }

    private static String message(RuntimeException failure) {
        return Objects.requireNonNull(failure.getMessage());
    }

    private ExitCode failed(Exception failure, String message, boolean debug) {
        terminal.fail(message);
        if (debug) {
            failure.printStackTrace(terminal.err());
        }
        return ExitCode.FAILED;
    }

    private void group(String name, String description, List<Command> members) {
        CommandSpec spec = CommandSpec.create().name(name).addOption(Command.help());
        spec.usageMessage().description(description);
        CommandLine group = new CommandLine(spec);
        add(group, name + " ", members);
        line.addSubcommand(name, group);
    }

    private void add(CommandLine parent, String prefix, List<Command> members) {
        for (Command member : members) {
            CommandSpec spec = member.spec().addOption(Command.flag(DEBUG, "Show where a failure came from."));
            parent.addSubcommand(spec.name(), new CommandLine(spec));
            commands.put(prefix + spec.name() + " ", member);
        }
    }

    private static String version() {
        return Optional.ofNullable(Main.class.getModule().getDescriptor())
                .flatMap(ModuleDescriptor::rawVersion)
                .orElse("unknown");
    }

    /// The words after `sagara` that lead to the command, each followed by a space.
    private static String path(CommandSpec spec) {
        return spec.qualifiedName(" ")
                .substring(spec.root().name().length())
                .strip()
                .concat(" ")
                .stripLeading();
    }
}
