package io.sagara.agent.posix;

import static io.sagara.agent.posix.LibcFunction.in;

import com.kenai.jffi.Type;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;

/// A lock on all of a file that belongs to one open file and not to a process (an OFD lock). On a GlusterFS mount the
/// bricks keep it for all clients. It ends when the file is closed, or this process ends.
public final class FileLock implements AutoCloseable {
    // linux/fcntl.h
    private static final int O_RDONLY = 0;
    private static final int F_OFD_SETLK = 37;
    private static final short F_RDLCK = 0;
    private static final short F_WRLCK = 1;
    private static final int FLOCK_BYTES = 32;
    private static final int FLOCK_LENGTH = 16;

    private final Descriptor open;

    private FileLock(Descriptor open) {
        this.open = open;
    }

    /// Locks the file against loop devices, see [LoopDevice#over], while others may lock it as well. Throws
    /// [PosixException] with [LoopDevice#LOCKED] where a loop device is over it, on any node.
    public static FileLock shared(Path file) throws IOException {
        Descriptor open = Descriptor.file(file, O_RDONLY);
        try {
            take(open, file, F_RDLCK);
            return new FileLock(open);
        } catch (PosixException e) {
            open.close();
            throw e;
        }
    }

    /// Locks an open file for whoever has it open, alone.
    static void alone(Descriptor open, Path file) throws PosixException {
        take(open, file, F_WRLCK);
    }

    private static void take(Descriptor open, Path file, short type) throws PosixException {
        // the first byte stands for all
        ByteBuffer flock = ByteBuffer.allocate(FLOCK_BYTES).order(ByteOrder.nativeOrder());
        flock.putShort(0, type).putLong(FLOCK_LENGTH, 1);
        var _ = Libc.FCNTL.call(file, b -> {
            b.putInt(open.number());
            b.putInt(F_OFD_SETLK);
            in(b, flock.array());
        });
    }

    /// A path to the file, for this process and those it starts, whatever becomes of its name. Good until it is closed.
    public Path path() {
        return Path.of("/proc", Long.toString(ProcessHandle.current().pid()), "fd", Integer.toString(open.number()));
    }

    @Override
    public void close() throws IOException {
        open.close();
    }

    private static final class Libc {
        static final LibcFunction FCNTL = new LibcFunction("fcntl", Type.SINT32, Type.SINT32, Type.POINTER);

        private Libc() {}
    }
}
