package io.sagara.backend.device.plan;

import io.sagara.spi.Bytes;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// A block device as the kernel shows it.
///
/// `node`: its name today. `number`: `major:minor`, its identity until the next boot. `readOnly`: refuses
/// writes. `users`: who uses it as far as can be seen, as clauses: `is mounted on /mnt`. `held`: someone has it
/// open exclusively, seen or not. `stableId`: the serial number or world-wide name that stays with the hardware.
public record Device(
        Path node,
        String number,
        Bytes size,
        boolean readOnly,
        List<String> users,
        boolean held,
        Optional<String> stableId) {
    /// Copies the list.
    public Device {
        users = List.copyOf(users);
    }

    /// The same device, found open exclusively by someone or not.
    public Device withHeld(boolean isHeld) {
        return new Device(node, number, size, readOnly, users, isHeld, stableId);
    }
}
