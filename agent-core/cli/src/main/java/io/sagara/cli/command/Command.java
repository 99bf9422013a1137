package io.sagara.cli.command;

import java.nio.file.Path;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/// One thing the command line can do.
public interface Command {
    /// Its name, options and help.
    CommandSpec spec();

    /// Does it. What fails is thrown: a [Failure], or anything that has a message for people.
    ExitCode run(ParseResult arguments, Terminal terminal) throws InterruptedException;

    /// A command with what all have: `--state`, `--help` and a description.
    static CommandSpec named(String name, String description) {
        CommandSpec spec = CommandSpec.create().name(name).mixinStandardHelpOptions(false);
        spec.usageMessage().description(description).abbreviateSynopsis(true);
        return spec.addOption(state()).addOption(help());
    }

    private static OptionSpec state() {
        return OptionSpec.builder("--state")
                .paramLabel("DIR")
                .type(Path.class)
                .required(true)
                .description("The directory of the agent: its socket, logs and desired state.")
                .build();
    }

    /// `--help`, which ends the command.
    static OptionSpec help() {
        return OptionSpec.builder("-h", "--help")
                .usageHelp(true)
                .description("Show this help.")
                .build();
    }

    /// `-o json|table`.
    static OptionSpec output() {
        return OptionSpec.builder("-o", "--output")
                .paramLabel("FORMAT")
                .type(OutputFormat.class)
                .defaultValue("table")
                .description("table (default) for people, json for scripts.")
                .build();
    }

    /// An option that is there or not.
    static OptionSpec flag(String name, String description) {
        return OptionSpec.builder(name)
                .type(boolean.class)
                .description(description)
                .build();
    }

    /// An option with a text.
    static OptionSpec text(String name, String label, boolean required, String description) {
        return OptionSpec.builder(name)
                .paramLabel(label)
                .type(String.class)
                .required(required)
                .description(description)
                .build();
    }

    /// The one argument of the command, NAME.
    static PositionalParamSpec name(String description) {
        return PositionalParamSpec.builder()
                .index("0")
                .paramLabel("NAME")
                .type(String.class)
                .required(true)
                .description(description)
                .build();
    }

    /// How lists are shown.
    enum OutputFormat {
        TABLE,
        JSON
    }
}
