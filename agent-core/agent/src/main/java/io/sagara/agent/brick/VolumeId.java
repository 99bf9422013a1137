package io.sagara.agent.brick;

import io.sagara.agent.posix.Posix;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;

/// Whose brick a directory is: GlusterFS refuses to serve one whose attribute is not the volume's id.
final class VolumeId {
    private static final String NAME = "trusted.glusterfs.volume-id";
    private static final int LENGTH = 16;

    private VolumeId() {}

    /// The id on a directory; empty where it is no brick. Throws IN_USE where the attribute is no id.
    static Optional<UUID> of(Posix posix, Path directory) throws IOException {
        Optional<byte[]> bytes = posix.attribute(directory, NAME);
        if (bytes.isPresent() && bytes.get().length != LENGTH) {
            throw new StorageException(
                    Problem.IN_USE,
                    directory + " has an attribute " + NAME + " of " + bytes.get().length + " bytes, which is no"
                            + " volume id; use another directory, or remove it with 'setfattr -x " + NAME + "'");
        }
        return bytes.map(ByteBuffer::wrap).map(buffer -> new UUID(buffer.getLong(), buffer.getLong()));
    }

    static void write(Posix posix, Path directory, UUID id) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(LENGTH);
        bytes.putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits());
        posix.setAttribute(directory, NAME, bytes.array());
    }

    static void remove(Posix posix, Path directory) throws IOException {
        posix.removeAttribute(directory, NAME);
    }
}
