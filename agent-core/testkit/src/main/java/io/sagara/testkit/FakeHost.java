package io.sagara.testkit;

import io.sagara.spi.BackendHost;
import io.sagara.spi.Commands;
import io.sagara.spi.NativeBricks;
import io.sagara.spi.Provisioning;
import io.sagara.spi.Volfiles;
import java.nio.file.Path;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/// An agent that lends fakes: [FakeVolfiles], [FakeNativeBricks], [FakeProvisioning], and [FakeCommands] that
/// expect nothing. The `lending` methods return a host that differs in one part and shares the others.
public final class FakeHost implements BackendHost {
    /// The name of the node of every [FakeHost].
    public static final String NODE = "node1";

    private final Path stateDirectory;
    private final Commands commands;
    private final Volfiles volfiles;
    private final NativeBricks bricks;
    private final Provisioning provisioning;
    private final Queue<String> progress;

    /// A host whose backend keeps its state in this directory, which exists.
    public FakeHost(Path stateDirectory) {
        this(
                stateDirectory,
                new FakeCommands(),
                new FakeVolfiles(),
                new FakeNativeBricks(),
                new FakeProvisioning(),
                new ConcurrentLinkedQueue<>());
    }

    private FakeHost(
            Path stateDirectory,
            Commands commands,
            Volfiles volfiles,
            NativeBricks bricks,
            Provisioning provisioning,
            Queue<String> progress) {
        this.stateDirectory = stateDirectory;
        this.commands = commands;
        this.volfiles = volfiles;
        this.bricks = bricks;
        this.provisioning = provisioning;
        this.progress = progress;
    }

    /// The same host with these commands.
    public FakeHost lending(Commands other) {
        return new FakeHost(stateDirectory, other, volfiles, bricks, provisioning, progress);
    }

    /// The same host with these volfiles.
    public FakeHost lending(Volfiles other) {
        return new FakeHost(stateDirectory, commands, other, bricks, provisioning, progress);
    }

    /// The same host with these native bricks.
    public FakeHost lending(NativeBricks other) {
        return new FakeHost(stateDirectory, commands, volfiles, other, provisioning, progress);
    }

    /// The same host with this provisioning.
    public FakeHost lending(Provisioning other) {
        return new FakeHost(stateDirectory, commands, volfiles, bricks, other, progress);
    }

    /// What the backend told the user so far, oldest first.
    public List<String> progressLines() {
        return List.copyOf(progress);
    }

    @Override
    public String node() {
        return NODE;
    }

    @Override
    public Path stateDirectory() {
        return stateDirectory;
    }

    @Override
    public Commands commands() {
        return commands;
    }

    @Override
    public Volfiles volfiles() {
        return volfiles;
    }

    @Override
    public NativeBricks bricks() {
        return bricks;
    }

    @Override
    public Provisioning provisioning() {
        return provisioning;
    }

    @Override
    public void progress(String line) {
        progress.add(line);
    }
}
