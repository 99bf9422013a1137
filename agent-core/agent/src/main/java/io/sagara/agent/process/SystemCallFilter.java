package io.sagara.agent.process;

import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps a brick from preallocating space behind the end of a file (`fallocate --keep-size`), which GlusterFS' quota
/// does not count: its storage translator reports no more blocks than the length of a file has, so a volume of 100 MiB
/// could be given all of the disk in pieces of less. The kernel refuses the call with EOPNOTSUPP, as file systems do
/// that cannot preallocate, and programs then go on without.
///
/// It is a seccomp filter of the brick's process. A process has the filters of the thread that started it, so a
/// thread of its own takes the filter, starts the process, and ends. Punching holes, which only frees space,
/// is allowed.
final class SystemCallFilter {
    private static final Logger LOG = LoggerFactory.getLogger(SystemCallFilter.class);
    private static final Linker LINKER = Linker.nativeLinker();
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;

    // linux/seccomp.h, linux/falloc.h, asm-generic/errno.h
    private static final long SET_MODE_FILTER = 1;
    /// Without it, kernels before 5.16 make a filtered process slower than the filter needs.
    private static final long SPECULATION_ALLOWED = 4;
    private static final int ALLOW = 0x7fff_0000;
    private static final int REFUSE = 0x5_0000 | 95;
    private static final int KEEP_SIZE = 1;
    private static final int PUNCH_HOLE = 2;

    // linux/bpf_common.h
    private static final int LOAD = 0x20;
    private static final int IF_EQUAL = 0x15;
    private static final int IF_ANY_BIT = 0x45;
    private static final int RETURN = 0x06;

    // struct seccomp_data
    private static final int NUMBER = 0;
    private static final int ARCHITECTURE = 4;
    private static final int SECOND_ARGUMENT = 24;

    private static final int INSTRUCTION = 8;

    /// What the kernel calls things on one architecture.
    private record Numbers(int architecture, int fallocate, long seccomp) {
        static Optional<Numbers> here() {
            return switch (System.getProperty("os.arch", "").toLowerCase(Locale.ROOT)) {
                case "amd64" -> Optional.of(new Numbers(0xc000_003e, 285, 317));
                case "aarch64" -> Optional.of(new Numbers(0xc000_00b7, 47, 277));
                default -> Optional.empty();
            };
        }
    }

    private SystemCallFilter() {}

    /// Starts a process that has the filter. Where the kernel does not take it, the process is started without.
    static Process start(ProcessBuilder builder) throws IOException {
        return onOwnThread(() -> {
            if (!install()) {
                LOG.atWarn()
                        .addKeyValue("program", builder.command())
                        .log("seccomp filter not taken: space that is preallocated with fallocate --keep-size is not"
                                + " counted by quota");
            }
            return builder.start();
        });
    }

    private static <T> T onOwnThread(Callable<T> work) throws IOException {
        FutureTask<T> task = new FutureTask<>(work);
        Thread.ofPlatform().daemon().name("filtered-start").start(task);
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return task.get();
                } catch (InterruptedException e) {
                    // a process that nobody knows of must not be left behind
                    interrupted = true;
                }
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException io) {
                throw io;
            }
            throw new StorageException(Problem.INTERNAL, "a process could not be started: " + e.getCause(), e);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /// Has the calling thread, and all that it starts from now on, refused the call for ever. Returns whether the
    /// kernel has taken it.
    static boolean install() {
        return Numbers.here().map(SystemCallFilter::install).orElse(false);
    }

    private static boolean install(Numbers numbers) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment code = program(arena, numbers);
            // struct sock_fprog: a length of 16 bits, and a pointer
            MemorySegment program = arena.allocate(16, 8);
            program.set(ValueLayout.JAVA_SHORT, 0, (short) (code.byteSize() / INSTRUCTION));
            program.set(ValueLayout.ADDRESS, 8, code);
            long result =
                    (long) Call.SYSCALL.invokeExact(numbers.seccomp(), SET_MODE_FILTER, SPECULATION_ALLOWED, program);
            return result == 0;
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("seccomp", e);
        }
    }

    private static MemorySegment program(Arena arena, Numbers numbers) {
        int[][] instructions = {
            // code, how many to skip if so, how many if not, operand
            {LOAD, 0, 0, ARCHITECTURE},
            {IF_EQUAL, 0, 6, numbers.architecture()},
            {LOAD, 0, 0, NUMBER},
            {IF_EQUAL, 0, 4, numbers.fallocate()},
            {LOAD, 0, 0, SECOND_ARGUMENT},
            {IF_ANY_BIT, 0, 2, KEEP_SIZE},
            {IF_ANY_BIT, 1, 0, PUNCH_HOLE},
            {RETURN, 0, 0, REFUSE},
            {RETURN, 0, 0, ALLOW},
        };
        MemorySegment code = arena.allocate((long) instructions.length * INSTRUCTION, 8);
        for (int i = 0; i < instructions.length; i++) {
            long at = (long) i * INSTRUCTION;
            code.set(ValueLayout.JAVA_SHORT, at, (short) instructions[i][0]);
            code.set(ValueLayout.JAVA_BYTE, at + 2, (byte) instructions[i][1]);
            code.set(ValueLayout.JAVA_BYTE, at + 3, (byte) instructions[i][2]);
            code.set(ValueLayout.JAVA_INT, at + 4, instructions[i][3]);
        }
        return code;
    }

    /// Bound at its first use: most agents of a test never start a brick.
    private static final class Call {
        @SuppressWarnings("restricted")
        static final MethodHandle SYSCALL = LINKER.downcallHandle(
                LINKER.defaultLookup().findOrThrow("syscall"),
                FunctionDescriptor.of(LONG, new MemoryLayout[] {LONG, LONG, LONG, ValueLayout.ADDRESS}),
                Linker.Option.firstVariadicArg(1));

        private Call() {}
    }
}
