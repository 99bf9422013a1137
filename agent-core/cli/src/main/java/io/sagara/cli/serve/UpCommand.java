package io.sagara.cli.serve;

import io.sagara.api.v1.PoolSpec;
import io.sagara.cli.command.Command;
import io.sagara.cli.command.ExitCode;
import io.sagara.cli.command.Failure;
import io.sagara.cli.command.Surroundings;
import io.sagara.cli.command.Terminal;
import io.sagara.cli.launch.Distribution;
import io.sagara.cli.state.StateDirectory;
import io.sagara.cli.text.Lines;
import io.sagara.resource.Checked;
import io.sagara.resource.Finding;
import io.sagara.resource.Nodes;
import io.sagara.resource.StorageCheck;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/// `sagara up`: judges the pool file, then lets [Up] do the rest.
public final class UpCommand implements Command {
    private static final Path HOST_NAME = Path.of("/proc/sys/kernel/hostname");

    private final Surroundings surroundings;

    public UpCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public CommandSpec spec() {
        CommandSpec spec = Command.named(
                "up",
                "Serves the pools of a KadaluStorage file on this machine until it is interrupted. Bricks and mounts"
                        + " outlive it; 'sagara down' ends them.");
        return spec.addOption(OptionSpec.builder("-f", "--file")
                .paramLabel("POOLS.yaml")
                .type(Path.class)
                .description("KadaluStorage documents. Without it, the pools served before are served again.")
                .build());
    }

    @Override
    public ExitCode run(ParseResult arguments, Terminal terminal) throws InterruptedException {
        Lines lines = new Lines(terminal.out(), surroundings.clock());
        @Nullable Path file = arguments.matchedOptionValue("--file", null);
        List<PoolSpec> pools = file == null ? List.of() : read(file, lines);
        StateDirectory state =
                new StateDirectory(arguments.matchedOption("--state").getValue());
        if (file == null && !state.hasPools()) {
            throw new Failure(ExitCode.USAGE, state.root() + " has no pools yet; describe some with --file POOLS.yaml");
        }
        Distribution distribution = surroundings.distribution();
        return Interrupts.guard(() -> new Up(state, distribution, surroundings, lines).run(pools));
    }

    private List<PoolSpec> read(Path file, Lines lines) {
        return switch (StorageCheck.check(text(file), nodes())) {
            case Checked.Pools pools -> {
                pools.notes().forEach(note -> lines.plain(file + ": " + note));
                yield pools.pools();
            }
            case Checked.Refused refused ->
                throw new Failure(
                        ExitCode.USAGE,
                        refused.findings().stream()
                                .map(Finding::toString)
                                .collect(Collectors.joining("\nsagara: " + file + ": ", file + ": ", "")));
        };
    }

    private static String text(Path file) {
        try {
            return Files.readString(file, StandardCharsets.UTF_8);
        } catch (NoSuchFileException e) {
            throw new Failure(ExitCode.USAGE, "there is no file " + file);
        } catch (CharacterCodingException e) {
            throw new Failure(ExitCode.USAGE, file + " is no text in UTF-8");
        } catch (IOException e) {
            throw new Failure(ExitCode.USAGE, "cannot read " + file + ": " + e);
        }
    }

    /// This machine, under every name a user may know it by.
    private static Nodes nodes() {
        List<String> aliases = new ArrayList<>();
        try {
            String host = Files.readString(HOST_NAME, StandardCharsets.UTF_8).strip();
            aliases.add(host);
            aliases.add(host.split("\\.", -1)[0]);
        } catch (IOException e) {
            throw new Failure(ExitCode.FAILED, "cannot learn the name of this machine from " + HOST_NAME + ": " + e);
        }
        return new Nodes.Only(Distribution.NODE, aliases);
    }
}
