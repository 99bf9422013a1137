package io.sagara.agent.process;

import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/// The system calls for process descriptors (Linux 5.3, glibc 2.36), which the JDK does not offer. A process
/// descriptor names one process for ever: a signal cannot reach another one that got its pid, and it becomes
/// readable when the process ends, whoever its parent is. (`ProcessHandle.onExit` looks at a process that is no
/// child every 5 seconds only.)
final class Kernel {
    private static final Linker LINKER = Linker.nativeLinker();
    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO = STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;

    private static final MethodHandle PIDFD_OPEN = bind("pidfd_open", INT, INT, INT);
    private static final MethodHandle PIDFD_SEND_SIGNAL =
            bind("pidfd_send_signal", INT, INT, INT, ValueLayout.ADDRESS, INT);
    private static final MethodHandle EPOLL_CREATE = bind("epoll_create1", INT, INT);
    private static final MethodHandle EPOLL_CTL = bind("epoll_ctl", INT, INT, INT, INT, ValueLayout.ADDRESS);
    private static final MethodHandle EPOLL_WAIT = bind("epoll_wait", INT, INT, ValueLayout.ADDRESS, INT, INT);
    private static final MethodHandle CLOSE = bind("close", INT, INT);

    /// `struct epoll_event` is packed on x86-64 only (`__EPOLL_PACKED`).
    private static final long EVENT_DATA =
            System.getProperty("os.arch", "").equals("amd64") ? Integer.BYTES : Long.BYTES;

    private static final long EVENT_SIZE = EVENT_DATA + Long.BYTES;

    // asm-generic/errno-base.h, fcntl.h, sys/epoll.h
    static final int ESRCH = 3;
    static final int EINTR = 4;
    private static final int CLOEXEC = 0x8_0000;
    private static final int ADD = 1;
    private static final int READABLE_ONCE = 1 | 1 << 30;

    private Kernel() {}

    /// A descriptor of the process, or -[#ESRCH] where there is none.
    static int pidfd(long pid) {
        return orErrno("pidfd_open", ESRCH, state -> (int) PIDFD_OPEN.invokeExact(state, Math.toIntExact(pid), 0));
    }

    /// Sends a signal; -[#ESRCH] where the process has ended.
    static int signal(int pidfd, int number) {
        return orErrno("pidfd_send_signal", ESRCH, state ->
                (int) PIDFD_SEND_SIGNAL.invokeExact(state, pidfd, number, MemorySegment.NULL, 0));
    }

    /// A new epoll instance.
    static int epoll() {
        return orErrno("epoll_create1", 0, state -> (int) EPOLL_CREATE.invokeExact(state, CLOEXEC));
    }

    /// Reports `fd` once to [#await] on `epoll` when it becomes readable.
    static void register(int epoll, int fd) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment event = arena.allocate(EVENT_SIZE, Long.BYTES);
            event.set(INT, 0, READABLE_ONCE);
            event.set(ValueLayout.JAVA_LONG_UNALIGNED, EVENT_DATA, fd);
            int _ = orErrno("epoll_ctl", 0, state -> (int) EPOLL_CTL.invokeExact(state, epoll, ADD, fd, event));
        }
    }

    /// Waits without limit for one registered descriptor to become readable, and returns it, or -[#EINTR].
    static int await(int epoll) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment event = arena.allocate(EVENT_SIZE, Long.BYTES);
            int n = orErrno("epoll_wait", EINTR, state -> (int) EPOLL_WAIT.invokeExact(state, epoll, event, 1, -1));
            return n < 0 ? n : Math.toIntExact(event.get(ValueLayout.JAVA_LONG_UNALIGNED, EVENT_DATA));
        }
    }

    /// Gives a descriptor back.
    static void close(int fd) {
        int _ = orErrno("close", EINTR, state -> (int) CLOSE.invokeExact(state, fd));
    }

    private interface Call {
        int on(MemorySegment state) throws Throwable;
    }

    /// The result, or the negated errno where it is `expected`; any other failure is thrown.
    private static int orErrno(String name, int expected, Call call) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            int result = call.on(state);
            int errno = result < 0 ? (int) ERRNO.get(state, 0L) : 0;
            if (errno != 0 && errno != expected) {
                throw new StorageException(
                        Problem.UNSUPPORTED,
                        "the kernel refused " + name + " with errno " + errno
                                + "; Sagara needs Linux 5.3 or newer and a seccomp profile that allows it");
            }
            return errno == 0 ? result : -errno;
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(name, e);
        }
    }

    @SuppressWarnings("restricted")
    private static MethodHandle bind(String name, ValueLayout result, ValueLayout... arguments) {
        return LINKER.downcallHandle(
                LINKER.defaultLookup().findOrThrow(name),
                FunctionDescriptor.of(result, arguments),
                Linker.Option.captureCallState("errno"));
    }
}
