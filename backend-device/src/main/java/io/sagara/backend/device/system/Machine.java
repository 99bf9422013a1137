package io.sagara.backend.device.system;

import io.sagara.spi.Commands;

/// Everything of this machine that a unit is attached with.
public record Machine(Kernel kernel, LoopDevices loops, Mounts mounts, Signatures signatures, Insides insides) {
    /// Built upon these.
    public static Machine of(Commands commands, Kernel kernel) {
        Mounts mounts = new Mounts(commands, kernel);
        return new Machine(
                kernel,
                new LoopDevices(commands, kernel),
                mounts,
                new Signatures(commands),
                new Insides(commands, mounts));
    }
}
