package io.sagara.cli.command;

import io.sagara.api.v1.CreateVolumeRequest;
import io.sagara.api.v1.DeleteVolumeRequest;
import io.sagara.api.v1.ExpandVolumeRequest;
import io.sagara.api.v1.ListVolumesRequest;
import io.sagara.api.v1.ListVolumesResponse;
import io.sagara.api.v1.Volume;
import io.sagara.cli.command.Command.OutputFormat;
import io.sagara.cli.state.StateDirectory;
import io.sagara.cli.text.Json;
import io.sagara.cli.text.Sizes;
import io.sagara.cli.text.StatusText;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/// `sagara volume …`: what CSI does, by hand.
public final class VolumeCommands {
    private static final String SIZE = "Such as 64MiB or 1.5GiB.";

    private VolumeCommands() {}

    /// `sagara volume list`
    public static final class ListVolumes implements Command {
        @Override
        public CommandSpec spec() {
            return Command.named("list", "Lists volumes. Ends with 3 when some could not be read.")
                    .addOption(Command.text("--pool", "POOL", false, "Only those of this pool."))
                    .addOption(Command.output());
        }

        @Override
        public ExitCode run(ParseResult arguments, Terminal terminal) throws InterruptedException {
            ListVolumesRequest request = ListVolumesRequest.newBuilder()
                    .setPool(arguments.matchedOptionValue("--pool", ""))
                    .build();
            try (AgentConnection agent = connect(arguments)) {
                ListVolumesResponse all = agent.call(stub -> stub.listVolumes(request));
                terminal.out()
                        .print(
                                isJson(arguments)
                                        ? Json.of(all.getVolumesList()) + "\n"
                                        : StatusText.volumes(all.getVolumesList()));
                all.getProblemsList().forEach(terminal::fail);
                return all.getProblemsCount() == 0 ? ExitCode.OK : ExitCode.DEGRADED;
            }
        }
    }

    /// `sagara volume create`
    public static final class CreateVolume implements Command {
        @Override
        public CommandSpec spec() {
            return Command.named("create", "Makes a volume. Repeating it with the same size changes nothing.")
                    .addPositional(Command.name("The volume."))
                    .addOption(Command.text("--size", "SIZE", true, SIZE))
                    .addOption(Command.text("--pool", "POOL", false, "Where; else the first pool with space for it."))
                    .addOption(Command.output());
        }

        @Override
        public ExitCode run(ParseResult arguments, Terminal terminal) throws InterruptedException {
            CreateVolumeRequest request = CreateVolumeRequest.newBuilder()
                    .setName(name(arguments))
                    .setSizeBytes(size(arguments))
                    .setPool(arguments.matchedOptionValue("--pool", ""))
                    .build();
            try (AgentConnection agent = connect(arguments)) {
                show(agent.call(stub -> stub.createVolume(request)), arguments, terminal);
                return ExitCode.OK;
            }
        }
    }

    /// `sagara volume expand`
    public static final class ExpandVolume implements Command {
        @Override
        public CommandSpec spec() {
            return Command.named("expand", "Gives a volume more space, while it is in use.")
                    .addPositional(Command.name("The volume."))
                    .addOption(Command.text("--size", "SIZE", true, "The new size. " + SIZE))
                    .addOption(Command.output());
        }

        @Override
        public ExitCode run(ParseResult arguments, Terminal terminal) throws InterruptedException {
            ExpandVolumeRequest request = ExpandVolumeRequest.newBuilder()
                    .setName(name(arguments))
                    .setSizeBytes(size(arguments))
                    .build();
            try (AgentConnection agent = connect(arguments)) {
                show(agent.call(stub -> stub.expandVolume(request)), arguments, terminal);
                return ExitCode.OK;
            }
        }
    }

    /// `sagara volume delete`
    public static final class DeleteVolume implements Command {
        @Override
        public CommandSpec spec() {
            return Command.named("delete", "Deletes a volume and its data. Deleting an absent one succeeds.")
                    .addPositional(Command.name("The volume."));
        }

        @Override
        public ExitCode run(ParseResult arguments, Terminal terminal) throws InterruptedException {
            DeleteVolumeRequest request =
                    DeleteVolumeRequest.newBuilder().setName(name(arguments)).build();
            try (AgentConnection agent = connect(arguments)) {
                var _ = agent.call(stub -> stub.deleteVolume(request));
                return ExitCode.OK;
            }
        }
    }

    private static AgentConnection connect(ParseResult arguments) {
        return AgentConnection.open(
                new StateDirectory(arguments.matchedOption("--state").getValue()));
    }

    private static String name(ParseResult arguments) {
        return arguments.matchedPositionalValue(0, "");
    }

    private static long size(ParseResult arguments) {
        return Sizes.parse(arguments.matchedOptionValue("--size", "")).value();
    }

    private static boolean isJson(ParseResult arguments) {
        return arguments.matchedOptionValue("--output", OutputFormat.TABLE) == OutputFormat.JSON;
    }

    private static void show(Volume volume, ParseResult arguments, Terminal terminal) {
        terminal.out().print(isJson(arguments) ? Json.of(volume) + "\n" : StatusText.volumes(List.of(volume)));
    }
}
