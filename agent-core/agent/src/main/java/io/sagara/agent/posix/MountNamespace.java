package io.sagara.agent.posix;

import com.kenai.jffi.Type;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;

/// The mount namespace of another process, such as a container's, held open: it stays what it is when the
/// process ends.
///
/// Mounts change hands there without a helper process, because a container has no program one could rely on, and
/// because util-linux before 2.39 cannot move a detached mount. A thread of our own takes leave of the file system
/// state it shares with the other threads (unshare(CLONE_FS)), enters the namespace with setns(2), makes the
/// system calls, and ends. Between entering and ending it makes nothing but system calls that were prepared before:
/// it loads no class, opens no file and wakes no thread, because all that would happen inside the container; a
/// thread that it started would stay there.
public final class MountNamespace implements AutoCloseable {
    private static final int CLONE_FS = 0x200;
    private static final int CLONE_NEWNS = 0x20000;
    private static final int NOT_DONE = Integer.MIN_VALUE;

    private final long pid;
    private final Descriptor namespace;
    private final Descriptor root;

    private MountNamespace(long pid, Descriptor namespace, Descriptor root) {
        this.pid = pid;
        this.namespace = namespace;
        this.root = root;
    }

    /// That of a process; throws where it has ended.
    public static MountNamespace of(long pid) throws IOException {
        Path process = Path.of("/proc", Long.toString(pid));
        Descriptor namespace = Descriptor.ofLink(process.resolve("ns/mnt"), true);
        try {
            return new MountNamespace(pid, namespace, Descriptor.ofLink(process.resolve("root"), false));
        } catch (IOException e) {
            namespace.close();
            throw e;
        }
    }

    /// The place at `path` as the process sees it.
    public Place place(Path path) throws IOException {
        return Place.below(root, Path.of("."), path);
    }

    /// As [Place#replace] for a place in this namespace. To be called on a platform thread. Throws where it is not
    /// done within `deadline`; it may be done later then.
    public void replace(Place place, MountTree tree, Duration deadline) throws IOException {
        if (Thread.currentThread().isVirtual()) {
            // waking it may start a carrier thread, from within the container
            throw new IllegalStateException("called on a virtual thread");
        }
        LibcFunction.Prepared[] entering = {
            Libc.UNSHARE.prepare(b -> b.putInt(CLONE_FS)),
            Libc.SETNS.prepare(b -> {
                b.putInt(namespace.number());
                b.putInt(CLONE_NEWNS);
            }),
            Libc.FCHDIR.prepare(b -> b.putInt(place.directory().number()))
        };
        MountTree.Exchange exchange = tree.replacing(place.directory().number(), place.name(), place.name());
        IntSupplier making = exchange::make;
        var outcome = new AtomicInteger(NOT_DONE);
        Thread thread = Thread.ofPlatform()
                .daemon()
                .name("mount-namespace")
                .start(() -> outcome.set(enterAndMake(entering, making)));
        join(thread, deadline);
        check(outcome.get(), place.path());
    }

    /// A copy of what is mounted at `path` as the process sees it; to be called on a platform thread. Throws
    /// where it is not done within `deadline`.
    MountTree copy(Path path, Duration deadline) throws IOException {
        LibcFunction.Prepared[] entering = {
            Libc.UNSHARE.prepare(b -> b.putInt(CLONE_FS)),
            Libc.SETNS.prepare(b -> {
                b.putInt(namespace.number());
                b.putInt(CLONE_NEWNS);
            }),
            // the root of the process, which need not be that of its namespace
            Libc.FCHDIR.prepare(b -> b.putInt(root.number()))
        };
        IntSupplier opening = MountTree.opening(Path.of("/").relativize(path))::invoke;
        var outcome = new AtomicInteger(NOT_DONE);
        Thread thread = Thread.ofPlatform()
                .daemon()
                .name("mount-namespace")
                .start(() -> outcome.set(enterAndMake(entering, opening)));
        join(thread, deadline);
        check(outcome.get(), path);
        return MountTree.opened(outcome.get(), path);
    }

    private static int enterAndMake(LibcFunction.Prepared[] entering, IntSupplier making) {
        for (LibcFunction.Prepared call : entering) {
            int result = call.invoke();
            if (result < 0) {
                return result;
            }
        }
        return making.getAsInt();
    }

    private static void join(Thread thread, Duration deadline) throws IOException {
        try {
            var _ = thread.join(deadline);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("given up while a mount of a container was exchanged or copied", e);
        }
    }

    private void check(int result, Path place) throws IOException {
        if (result == NOT_DONE) {
            throw new IOException(
                    place + " in the mount namespace of process " + pid + " could not be exchanged or copied in time");
        }
        if (result < 0) {
            throw Libc.SETNS.failure("exchanging or copying the mount at " + place + " of process " + pid, -result);
        }
    }

    @Override
    public void close() throws IOException {
        try (root) {
            namespace.close();
        }
    }

    private static final class Libc {
        static final LibcFunction UNSHARE = new LibcFunction("unshare", Type.SINT32);
        static final LibcFunction SETNS = new LibcFunction("setns", Type.SINT32, Type.SINT32);
        static final LibcFunction FCHDIR = new LibcFunction("fchdir", Type.SINT32);

        private Libc() {}
    }
}
