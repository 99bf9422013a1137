package io.sagara.agent.posix;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/// File names as the bytes the kernel has.
final class FileNames {
    /// The encoding the JDK itself uses for file names.
    private static final Charset ENCODING =
            Charset.forName(System.getProperty("sun.jnu.encoding", StandardCharsets.UTF_8.name()));

    private FileNames() {}

    static byte[] bytes(Path path) {
        return path.toString().getBytes(ENCODING);
    }

    static Path path(byte[] bytes) {
        return Path.of(new String(bytes, ENCODING));
    }
}
