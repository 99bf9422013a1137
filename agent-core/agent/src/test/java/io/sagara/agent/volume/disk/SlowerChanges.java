package io.sagara.agent.volume.disk;

import io.sagara.agent.file.FileChanges;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/// Real changes, of which making a directory comes too late each time: somebody else has just made it.
final class SlowerChanges implements FileChanges {
    private final FileChanges real = FileChanges.direct();

    @Override
    public void makeDirectory(Path directory) throws IOException {
        Files.createDirectory(directory);
        real.makeDirectory(directory);
    }

    @Override
    public FileChannel create(Path file) throws IOException {
        return real.create(file);
    }

    @Override
    public void write(FileChannel file, ByteBuffer content) throws IOException {
        real.write(file, content);
    }

    @Override
    public void force(FileChannel file) throws IOException {
        real.force(file);
    }

    @Override
    public void forceDirectory(Path directory) throws IOException {
        real.forceDirectory(directory);
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        real.rename(from, to);
    }

    @Override
    public void delete(Path file) throws IOException {
        real.delete(file);
    }
}
