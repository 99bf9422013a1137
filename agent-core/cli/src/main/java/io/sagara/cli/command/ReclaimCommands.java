package io.sagara.cli.command;

import io.sagara.api.v1.ListDeletedVolumesRequest;
import io.sagara.api.v1.ListDeletedVolumesResponse;
import io.sagara.api.v1.PurgeArchivedRequest;
import io.sagara.api.v1.PurgeArchivedResponse;
import io.sagara.api.v1.UndeleteVolumeRequest;
import io.sagara.api.v1.Volume;
import io.sagara.cli.command.Command.OutputFormat;
import io.sagara.cli.state.StateDirectory;
import io.sagara.cli.text.Json;
import io.sagara.cli.text.ReclaimText;
import io.sagara.cli.text.StatusText;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/// What can be done about volumes that were archived or deleted.
public final class ReclaimCommands {
    private static final String POOL = "--pool";

    private ReclaimCommands() {}

    /// `sagara volume deleted`
    public static final class ListDeleted implements Command {
        @Override
        public CommandSpec spec() {
            return Command.named("deleted", "Lists the archived and deleted volumes of a pool that can come back.")
                    .addOption(Command.text(POOL, "POOL", true, "Of this pool."))
                    .addOption(Command.output());
        }

        @Override
        public ExitCode run(ParseResult arguments, Terminal terminal) throws InterruptedException {
            ListDeletedVolumesRequest request = ListDeletedVolumesRequest.newBuilder()
                    .setPool(arguments.matchedOptionValue(POOL, ""))
                    .build();
            try (AgentConnection agent = connect(arguments)) {
                ListDeletedVolumesResponse all = agent.call(stub -> stub.listDeletedVolumes(request));
                terminal.out()
                        .print(
                                isJson(arguments)
                                        ? Json.of(all.getVolumesList()) + "\n"
                                        : ReclaimText.deleted(all.getVolumesList()));
                return ExitCode.OK;
            }
        }
    }

    /// `sagara volume undelete`
    public static final class Undelete implements Command {
        @Override
        public CommandSpec spec() {
            return Command.named(
                            "undelete",
                            "Brings back a volume that was archived, or else the one that was deleted last, with its"
                                    + " data.")
                    .addPositional(Command.name("The volume, by the name it had."))
                    .addOption(Command.text(POOL, "POOL", true, "The pool it was in."))
                    .addOption(Command.output());
        }

        @Override
        public ExitCode run(ParseResult arguments, Terminal terminal) throws InterruptedException {
            UndeleteVolumeRequest request = UndeleteVolumeRequest.newBuilder()
                    .setName(arguments.matchedPositionalValue(0, ""))
                    .setPool(arguments.matchedOptionValue(POOL, ""))
                    .build();
            try (AgentConnection agent = connect(arguments)) {
                Volume back = agent.call(stub -> stub.undeleteVolume(request));
                terminal.out().print(isJson(arguments) ? Json.of(back) + "\n" : StatusText.volumes(List.of(back)));
                return ExitCode.OK;
            }
        }
    }

    /// `sagara pool purge-archived`
    public static final class PurgeArchived implements Command {
        @Override
        public CommandSpec spec() {
            return Command.named(
                            "purge-archived",
                            "Deletes archived volumes of a pool, and nothing else. Needs --volume or --all.")
                    .addPositional(Command.name("The pool."))
                    .addOption(Command.text("--volume", "VOLUME", false, "This one, by the name it had."))
                    .addOption(Command.flag("--all", "All archived volumes of the pool."));
        }

        @Override
        public ExitCode run(ParseResult arguments, Terminal terminal) throws InterruptedException {
            String volume = arguments.matchedOptionValue("--volume", "");
            boolean all = arguments.matchedOptionValue("--all", false);
            if (all != volume.isEmpty()) {
                throw new Failure(ExitCode.USAGE, "name one archived volume with --volume, or all of them with --all");
            }
            PurgeArchivedRequest request = PurgeArchivedRequest.newBuilder()
                    .setPool(arguments.matchedPositionalValue(0, ""))
                    .setVolume(volume)
                    .setAll(all)
                    .build();
            try (AgentConnection agent = connect(arguments)) {
                PurgeArchivedResponse purged = agent.call(stub -> stub.purgeArchived(request));
                purged.getVolumesList().forEach(name -> terminal.out().println("purged " + name));
                if (purged.getVolumesCount() == 0) {
                    terminal.out().println("nothing is archived" + (all ? "" : " as " + volume));
                }
                purged.getProblemsList().forEach(terminal::fail);
                return purged.getProblemsCount() == 0 ? ExitCode.OK : ExitCode.FAILED;
            }
        }
    }

    private static AgentConnection connect(ParseResult arguments) {
        return AgentConnection.open(
                new StateDirectory(arguments.matchedOption("--state").getValue()));
    }

    private static boolean isJson(ParseResult arguments) {
        return arguments.matchedOptionValue("--output", OutputFormat.TABLE) == OutputFormat.JSON;
    }
}
