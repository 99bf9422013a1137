package io.sagara.agent.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/// Changes of a file system, one system call each. After a crash a sequence of them has been carried out up to
/// some call, so what is left must make sense after every one. Any number of threads may call.
public interface FileChanges {
    /// The changes as the operating system makes them.
    static FileChanges direct() {
        return new DirectFileChanges(true);
    }

    /// As [#direct] on a GlusterFS mount, where the fsync of a directory is a call to every brick that does nothing
    /// there (posix_fsyncdir of storage/posix returns 0): it is left out, and the fsync of a file that was renamed
    /// is what puts the name on the disk.
    static FileChanges onGlusterFs() {
        return new DirectFileChanges(false);
    }

    /// Makes one directory with mode 0755, whatever the umask. Throws
    /// [java.nio.file.FileAlreadyExistsException], [java.nio.file.NoSuchFileException] for its parent.
    void makeDirectory(Path directory) throws IOException;

    /// Opens a file for writing, new or emptied.
    FileChannel create(Path file) throws IOException;

    /// Writes all of `content`.
    void write(FileChannel file, ByteBuffer content) throws IOException;

    /// Puts content and metadata of the file on the disk (fsync).
    void force(FileChannel file) throws IOException;

    /// Puts the names in the directory on the disk (fsync).
    void forceDirectory(Path directory) throws IOException;

    /// Gives the file or directory another name in one step, in place of a file that has it. Throws
    /// [java.nio.file.NoSuchFileException].
    void rename(Path from, Path to) throws IOException;

    /// Removes a file or an empty directory. Throws [java.nio.file.NoSuchFileException],
    /// [java.nio.file.DirectoryNotEmptyException].
    void delete(Path file) throws IOException;
}
