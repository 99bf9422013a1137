package io.sagara.backend.device.plan;

import java.util.UUID;

/// One step of attaching a device, in an order that a crash may cut anywhere.
public sealed interface Action {
    /// Tells the user something.
    record Tell(String line) implements Action {}

    /// Writes the record, durably, before the next step.
    record Remember(BrickRecord record) implements Action {}

    /// Removes every signature.
    record Wipe() implements Action {}

    /// Makes a file system on a blank device.
    record Format(Filesystem filesystem, UUID id) implements Action {}

    /// Mounts it to be served.
    record Mount(Filesystem filesystem) implements Action {}
}
