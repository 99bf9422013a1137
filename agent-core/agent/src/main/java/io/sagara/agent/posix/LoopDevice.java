package io.sagara.agent.posix;

import static io.sagara.agent.posix.LibcFunction.in;

import com.kenai.jffi.Type;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A loop device that was just made over a file, and is held open.
///
/// The file is locked through the very open file that the kernel's loop device keeps (an OFD lock), so the lock
/// lasts exactly as long as the device, whatever becomes of this process. On a GlusterFS mount the bricks keep the
/// lock for all clients, until the client or its connection ends.
public final class LoopDevice implements AutoCloseable {
    /// What taking the lock fails with where someone else has it.
    public static final int LOCKED = 11; // EAGAIN

    // linux/loop.h
    private static final long LOOP_CONFIGURE = 0x4C0A;
    private static final long LOOP_CLR_FD = 0x4C01;
    private static final long LOOP_SET_CAPACITY = 0x4C07;
    private static final long LOOP_CTL_GET_FREE = 0x4C82;
    private static final int LO_FLAGS_AUTOCLEAR = 4;
    private static final int LO_FLAGS_DIRECT_IO = 16;
    private static final int CONFIG_BYTES = 304;
    private static final int CONFIG_BLOCK_SIZE = 4;
    private static final int CONFIG_FLAGS = 60;
    private static final int SECTOR = 512;
    private static final int TRIES = 20;
    // linux/fcntl.h
    private static final int O_RDWR = 2;
    private static final int EBUSY = 16;
    private static final int ENXIO = 6;
    /// Of loop devices: Documentation/admin-guide/devices.txt of Linux.
    private static final int MAJOR = 7;

    private static final Path BLOCK = Path.of("/sys/block");

    private final int number;
    private final Descriptor device;

    private LoopDevice(int number, Descriptor device) {
        this.number = number;
        this.device = device;
    }

    /// What sysfs says of a loop device; reading it never asks the file's file system. `file`: the name of the
    /// file behind it, whose beginning is missing where the mount it was on is gone. `sequence`: another one each
    /// time that a file is put behind any device; 0 before Linux 5.15. `size`: in bytes.
    public record State(int number, String file, long sequence, long size) {}

    /// Makes one over all of `file`, with direct I/O where its file system has that. `passing`: it goes when the
    /// last one who has it open closes it, which may be this object. Throws [PosixException] with [#LOCKED] where
    /// the file is locked. Needs Linux 5.8.
    public static LoopDevice over(Path file, boolean passing) throws IOException {
        try (Descriptor open = Descriptor.file(file, O_RDWR)) {
            FileLock.alone(open, file);
            for (int i = 0; ; i++) {
                int number = free();
                Descriptor device = Descriptor.file(node(number), O_RDWR);
                try {
                    configure(device, open, file, passing);
                    return new LoopDevice(number, device);
                } catch (PosixException e) {
                    device.close();
                    // someone else was faster
                    if (e.errno() != EBUSY || i == TRIES) {
                        throw e;
                    }
                }
            }
        }
    }

    private static int free() throws PosixException {
        try (Descriptor control = Descriptor.file(Path.of("/dev/loop-control"), O_RDWR)) {
            return (int) Libc.IOCTL.call("loop-control", b -> {
                b.putInt(control.number());
                b.putLong(LOOP_CTL_GET_FREE);
                b.putLong(0);
            });
        }
    }

    private static void configure(Descriptor device, Descriptor open, Path file, boolean passing)
            throws PosixException {
        ByteBuffer config = ByteBuffer.allocate(CONFIG_BYTES).order(ByteOrder.nativeOrder());
        config.putInt(0, open.number())
                .putInt(CONFIG_BLOCK_SIZE, SECTOR)
                .putInt(CONFIG_FLAGS, LO_FLAGS_DIRECT_IO | (passing ? LO_FLAGS_AUTOCLEAR : 0));
        var _ = Libc.IOCTL_WITH.call(file, b -> {
            b.putInt(device.number());
            b.putLong(LOOP_CONFIGURE);
            in(b, config.array());
        });
    }

    /// Its number.
    public int number() {
        return number;
    }

    /// Where the kernel shows the device of this number.
    public static Path node(int number) {
        return Path.of("/dev/loop" + number);
    }

    /// The st_dev of a file system on the device of this number.
    public static long device(int number) {
        return DeviceNumber.of(MAJOR, number);
    }

    /// The device of this number; empty where there is no file behind it.
    public static Optional<State> state(int number) throws IOException {
        Path directory = BLOCK.resolve("loop" + number);
        Optional<String> file = text(directory.resolve("loop/backing_file"));
        if (file.isEmpty()) {
            return Optional.empty();
        }
        long sequence = text(directory.resolve("diskseq")).map(Long::parseLong).orElse(0L);
        long sectors = text(directory.resolve("size")).map(Long::parseLong).orElse(0L);
        return Optional.of(new State(number, file.get(), sequence, sectors * SECTOR));
    }

    /// All of them.
    public static List<State> all() throws IOException {
        List<State> found = new ArrayList<>();
        try (DirectoryStream<Path> devices = Files.newDirectoryStream(BLOCK, "loop*")) {
            for (Path device : devices) {
                int number = Integer.parseInt(device.getFileName().toString().substring("loop".length()));
                state(number).ifPresent(found::add);
            }
        }
        return found;
    }

    private static Optional<String> text(Path file) throws IOException {
        try {
            String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
            return Optional.of(text.endsWith("\n") ? text.substring(0, text.length() - 1) : text);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            // the file was taken from behind it meanwhile
            if (String.valueOf(e.getMessage()).contains("No such device")) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /// Takes the file from behind a device; at once, or when the last one who has it open closes it. One that has
    /// none is fine.
    public static void release(int number) throws IOException {
        try {
            command(number, LOOP_CLR_FD);
        } catch (PosixException e) {
            if (e.errno() != ENXIO) {
                throw e;
            }
        }
    }

    /// Makes the device as large as its file is.
    public static void stretch(int number) throws IOException {
        command(number, LOOP_SET_CAPACITY);
    }

    private static void command(int number, long command) throws PosixException {
        try (Descriptor device = Descriptor.file(node(number), O_RDWR)) {
            var _ = Libc.IOCTL.call(node(number), b -> {
                b.putInt(device.number());
                b.putLong(command);
                b.putLong(0);
            });
        }
    }

    /// Closes it, which ends one that passes unless someone else has it open.
    @Override
    public void close() throws IOException {
        device.close();
    }

    private static final class Libc {
        static final LibcFunction IOCTL = new LibcFunction("ioctl", Type.SINT32, Type.UINT64, Type.UINT64);
        static final LibcFunction IOCTL_WITH = new LibcFunction("ioctl", Type.SINT32, Type.UINT64, Type.POINTER);

        private Libc() {}
    }
}
