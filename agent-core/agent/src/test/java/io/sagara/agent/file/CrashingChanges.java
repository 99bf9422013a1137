package io.sagara.agent.file;

import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/// A file system on a machine that dies: the n-th change is not made, or, for a write, half made, and no later one
/// is. With `once`, only that change fails, as when a call to a brick does.
public final class CrashingChanges implements FileChanges {
    /// What the dying machine throws.
    public static final class Crash extends IOException {
        private static final long serialVersionUID = 1L;

        Crash() {
            super("crash");
        }
    }

    private final FileChanges real = FileChanges.direct();
    private final int fatal;
    private final boolean once;
    private int count;

    private CrashingChanges(int fatal, boolean once) {
        this.fatal = fatal;
        this.once = once;
    }

    /// Dies at the n-th change, beginning with 1.
    public static CrashingChanges dyingAt(int n) {
        return new CrashingChanges(n, false);
    }

    /// Fails at the n-th change only.
    public static CrashingChanges failingAt(int n) {
        return new CrashingChanges(n, true);
    }

    /// Whether the change at which it dies was reached.
    public boolean reached() {
        return count >= fatal;
    }

    private void step() throws Crash {
        count++;
        if (once ? count == fatal : count >= fatal) {
            throw new Crash();
        }
    }

    /// A change of another kind, which is made by someone else.
    public void limit() {
        try {
            step();
        } catch (Crash e) {
            throw new StorageException(Problem.UNAVAILABLE, "crash", e);
        }
    }

    @Override
    public void makeDirectory(Path directory) throws IOException {
        step();
        real.makeDirectory(directory);
    }

    @Override
    public FileChannel create(Path file) throws IOException {
        step();
        return real.create(file);
    }

    @Override
    public void write(FileChannel file, ByteBuffer content) throws IOException {
        try {
            step();
        } catch (Crash e) {
            real.write(file, content.slice(0, content.remaining() / 2));
            throw e;
        }
        real.write(file, content);
    }

    @Override
    public void force(FileChannel file) throws IOException {
        step();
        real.force(file);
    }

    @Override
    public void forceDirectory(Path directory) throws IOException {
        step();
        real.forceDirectory(directory);
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        step();
        real.rename(from, to);
    }

    @Override
    public void delete(Path file) throws IOException {
        step();
        real.delete(file);
    }
}
