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
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.Objects;
import java.util.zip.CRC32;

/// The bare file operations of one create and one delete on the same mount: what no driver can go below. For a
/// create: make the directory in its bucket, set its quota limit, write and sync the info file beside, rename it
/// into place. For a delete: rename the directory away, remove the info file, remove the directory.
///
/// It looks at nothing it does not need: a bucket is made only after something in it was refused. It keeps no
/// account, checks nothing and puts no name on the disk after the rename; all of that a driver does on top. Safe
/// for any number of threads.
final class Floor {
    private static final String LIMIT = "trusted.glusterfs.quota.limit-set";
    private static final int BYTE = 0xFF;

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

    /// As many buckets as volumes have, and as deep.
    private static String bucket(String name) {
        CRC32 hash = new CRC32();
        hash.update(name.getBytes(StandardCharsets.UTF_8));
        long value = hash.getValue();
        return String.format(Locale.ROOT, "subvol/%02x/%02x", value & BYTE, value >>> Byte.SIZE & BYTE);
    }

    private Path data(String name) {
        return root.resolve("floor/" + bucket(name) + "/" + name);
    }

    private Path info(String name) {
        return root.resolve("floor-info/" + bucket(name) + "/" + name + ".json");
    }

    void create(String name, long bytes) throws IOException {
        Path directory = data(name);
        make(directory);
        limit(directory, bytes);
        Path info = info(name);
        Path temporary = info.resolveSibling("." + name + ".tmp");
        try (FileChannel channel = created(temporary)) {
            channel.write(StandardCharsets.UTF_8.encode(
                    "{\"size\": " + bytes + ", \"path_prefix\": \"" + bucket(name) + "\"}"));
            channel.force(true);
        }
        Files.move(temporary, info, StandardCopyOption.ATOMIC_MOVE);
    }

    private static FileChannel created(Path file) throws IOException {
        try {
            return FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        } catch (NoSuchFileException e) {
            make(Objects.requireNonNull(file.getParent()));
            return FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        }
    }

    private static void make(Path directory) throws IOException {
        try {
            Files.createDirectory(directory);
        } catch (FileAlreadyExistsException e) {
            // another caller was faster
        } catch (NoSuchFileException e) {
            make(Objects.requireNonNull(directory.getParent()));
            make(directory);
        }
    }

    void delete(String name) throws IOException {
        Path trash = root.resolve("floor-trash").resolve(name);
        Files.move(data(name), trash, StandardCopyOption.ATOMIC_MOVE);
        Files.delete(info(name));
        Files.delete(trash);
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
