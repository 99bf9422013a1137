package io.sagara.agent.posix;

import static io.sagara.agent.posix.LibcFunction.in;

import com.kenai.jffi.Type;
import java.nio.file.Path;

/// An open file of this process. Closing it twice is a mistake.
record Descriptor(int number) implements AutoCloseable {
    // the two that differ: asm/fcntl.h of arm64 against asm-generic/fcntl.h
    private static final boolean ARM = System.getProperty("os.arch", "").equals("aarch64");
    private static final int O_DIRECTORY = ARM ? 0x4000 : 0x10000;
    private static final int O_NOFOLLOW = ARM ? 0x8000 : 0x20000;
    private static final int O_CLOEXEC = 0x80000;
    private static final int O_PATH = 0x200000;
    static final int AT_FDCWD = -100;

    /// The directory `name`, as seen from `directory`; ENOTDIR where it is a symbolic link. Only to go on from:
    /// opening it asks no file system for anything.
    static Descriptor directory(int directory, Path name) throws PosixException {
        return open(directory, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    }

    /// Whatever is at `name`, itself and not what it may point to. Only to ask about it.
    static Descriptor of(int directory, Path name) throws PosixException {
        return open(directory, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    }

    /// The file, opened to be used. `flags`: as in open(2).
    static Descriptor file(Path path, int flags) throws PosixException {
        return open(AT_FDCWD, path, flags | O_NOFOLLOW | O_CLOEXEC);
    }

    /// The file that a link of /proc stands for. `path`: on O_PATH, where `reading` is not set.
    static Descriptor ofLink(Path path, boolean reading) throws PosixException {
        return open(AT_FDCWD, path, O_CLOEXEC | (reading ? 0 : O_PATH));
    }

    private static Descriptor open(int directory, Path name, int flags) throws PosixException {
        return new Descriptor((int) Libc.OPENAT.call(name, b -> {
            b.putInt(directory);
            in(b, name);
            b.putInt(flags);
        }));
    }

    /// A path of it for this process.
    Path path() {
        return Path.of("/proc/self/fd", Integer.toString(number));
    }

    @Override
    public void close() throws PosixException {
        var _ = Libc.CLOSE.call(number, b -> b.putInt(number));
    }

    private static final class Libc {
        static final LibcFunction OPENAT = new LibcFunction("openat", Type.SINT32, Type.POINTER, Type.SINT32);
        static final LibcFunction CLOSE = new LibcFunction("close", Type.SINT32);

        private Libc() {}
    }
}
