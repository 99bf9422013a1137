package io.sagara.backend.device;

import io.sagara.spi.Brick;
import io.sagara.spi.BrickHealth;
import io.sagara.spi.Bytes;
import io.sagara.spi.Commands;
import io.sagara.spi.NativeBricks;
import io.sagara.spi.Pool;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/// Native bricks with the real volume id attribute and without glusterfsd.
final class XattrBricks implements NativeBricks {
    private static final String VOLUME_ID = "trusted.glusterfs.volume-id";
    private static final Duration DEADLINE = Duration.ofSeconds(10);

    private final Commands commands = new RealCommands();
    private final Set<String> running = ConcurrentHashMap.newKeySet();

    private static String hex(Pool pool) {
        return "0x" + pool.id().toString().replace("-", "");
    }

    private Optional<String> volumeId(Path directory) {
        return commands.run(
                        DEADLINE, List.of("getfattr", "--absolute-names", "-e", "hex", "-n", VOLUME_ID, "" + directory))
                .stdout()
                .lines()
                .filter(line -> line.startsWith(VOLUME_ID))
                .map(line -> line.substring(VOLUME_ID.length() + 1))
                .findFirst();
    }

    @Override
    public Path prepare(Pool pool, Brick brick, Path root, Path directory) {
        if (!Files.isDirectory(root)) {
            throw new StorageException(Problem.NOT_FOUND, root + " does not exist");
        }
        try {
            Files.createDirectories(directory);
            Optional<String> id = volumeId(directory);
            if (id.isPresent() && !id.get().equals(hex(pool))) {
                throw new StorageException(Problem.IN_USE, directory + " is of volume " + id.get());
            }
            if (id.isEmpty() && !isEmpty(directory)) {
                throw new StorageException(Problem.INVALID_ARGUMENT, directory + " is not empty");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        commands.check(DEADLINE, List.of("setfattr", "-n", VOLUME_ID, "-v", hex(pool), directory.toString()));
        return directory;
    }

    @Override
    public void start(Pool pool, Brick brick, Path directory) {
        running.add(pool.brickName(brick));
    }

    @Override
    public void stop(Pool pool, Brick brick) {
        running.remove(pool.brickName(brick));
    }

    @Override
    public BrickHealth check(Pool pool, Brick brick, Path directory) {
        return new BrickHealth(running.contains(pool.brickName(brick)), "noted", Bytes.ZERO, Bytes.ZERO);
    }

    @Override
    public void erase(Pool pool, Brick brick, Path directory) {
        if (!Files.exists(directory)) {
            return;
        }
        try {
            if (!volumeId(directory).equals(Optional.of(hex(pool))) && !isEmpty(directory)) {
                throw new StorageException(Problem.IN_USE, directory + " is not of pool " + pool.name());
            }
            try (Stream<Path> tree = Files.walk(directory)) {
                for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(path);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isEmpty(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.findAny().isEmpty();
        }
    }
}
