package io.sagara.integration.bench;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Locale;

/// The bare file operations of one create and one delete on the same mount: what no driver can go below. Make
/// the directories, set the quota limit, write and sync the info file, rename it into place; and for the
/// delete, rename the directory away and remove the info file. Safe for any number of threads.
final class Floor {
    private static final String LIMIT = "trusted.glusterfs.quota.limit-set";
    private static final int BUCKETS = 256;

    private final Path root;
    private final MethodHandle setxattr;

    /// `root`: the management mount of a pool.
    @SuppressWarnings("restricted")
    Floor(Path root) throws IOException {
        this.root = root;
        Linker linker = Linker.nativeLinker();
        setxattr = linker.downcallHandle(
                linker.defaultLookup().find("setxattr").orElseThrow(),
                FunctionDescriptor.of(
                        ValueLayout.JAVA_INT,
                        ValueLayout.ADDRESS,
                        ValueLayout.ADDRESS,
                        ValueLayout.ADDRESS,
                        ValueLayout.JAVA_LONG,
                        ValueLayout.JAVA_INT));
        Files.createDirectories(root.resolve("floor-trash"));
    }

    private static Path bucket(String name) {
        int hash = name.hashCode() * 0x9E3779B1;
        return Path.of(
                String.format(Locale.ROOT, "%02x", (hash >>> 24) % BUCKETS),
                String.format(Locale.ROOT, "%02x", (hash >>> 16) % BUCKETS));
    }

    void create(String name, long bytes) throws IOException {
        Path directory = root.resolve("floor").resolve(bucket(name)).resolve(name);
        Files.createDirectories(directory.getParent());
        Files.createDirectory(directory);
        limit(directory, bytes);
        Path info = root.resolve("floor-info").resolve(bucket(name)).resolve(name + ".json");
        Files.createDirectories(info.getParent());
        Path temporary = info.resolveSibling("." + name + ".tmp");
        try (FileChannel channel =
                FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            channel.write(StandardCharsets.UTF_8.encode(
                    "{\"size\": " + bytes + ", \"path_prefix\": \"" + bucket(name) + "\"}"));
            channel.force(true);
        }
        Files.move(temporary, info, StandardCopyOption.ATOMIC_MOVE);
    }

    void delete(String name) throws IOException {
        Path directory = root.resolve("floor").resolve(bucket(name)).resolve(name);
        Files.move(directory, root.resolve("floor-trash").resolve(name), StandardCopyOption.ATOMIC_MOVE);
        Files.delete(root.resolve("floor-info").resolve(bucket(name)).resolve(name + ".json"));
        Files.delete(root.resolve("floor-trash").resolve(name));
    }

    private void limit(Path directory, long bytes) throws IOException {
        byte[] value =
                ByteBuffer.allocate(2 * Long.BYTES).putLong(bytes).putLong(-1).array();
        try (Arena arena = Arena.ofConfined()) {
            int result = (int) setxattr.invokeExact(
                    arena.allocateFrom(directory.toString()),
                    arena.allocateFrom(LIMIT),
                    arena.allocateFrom(ValueLayout.JAVA_BYTE, value),
                    (long) value.length,
                    0);
            if (result != 0) {
                throw new IOException("setxattr failed on " + directory);
            }
        } catch (IOException | RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IOException(e);
        }
    }
}
