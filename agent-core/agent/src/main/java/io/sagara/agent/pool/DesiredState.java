package io.sagara.agent.pool;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import io.sagara.agent.file.AtomicFile;
import io.sagara.agent.tls.PoolCertificates;
import io.sagara.api.v1.PoolSpec;
import io.sagara.spi.PoolName;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.stream.Stream;

/// The pools this node shall serve, one JSON file each, so that it serves them after a restart with nobody else
/// there. A write is on disk when it returns.
final class DesiredState {
    private static final String SUFFIX = ".json";

    private final Path directory;
    private final Path certificates;

    /// `certificates`: of pools with TLS, a directory each; a pool that is forgotten takes its own along.
    DesiredState(Path directory, Path certificates) {
        this.directory = directory;
        this.certificates = certificates;
    }

    /// Every pool that can be read; a file that cannot is handed to `broken` with the reason, and stays as it
    /// is.
    Map<PoolName, PoolSpec> load(BiConsumer<Path, String> broken) {
        Map<PoolName, PoolSpec> pools = new TreeMap<>();
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file :
                    files.filter(f -> f.toString().endsWith(SUFFIX)).sorted().toList()) {
                try {
                    PoolSpec spec = read(file);
                    pools.put(new PoolName(spec.getName()), spec);
                } catch (IOException | StorageException e) {
                    broken.accept(file, String.valueOf(e.getMessage()));
                }
            }
        } catch (IOException e) {
            throw failure("read", directory, e);
        }
        return pools;
    }

    private PoolSpec read(Path file) throws IOException {
        PoolSpec.Builder spec = PoolSpec.newBuilder();
        try {
            JsonFormat.parser().ignoringUnknownFields().merge(Files.readString(file), spec);
        } catch (InvalidProtocolBufferException e) {
            throw new StorageException(Problem.INTERNAL, "is no pool specification: " + e.getMessage(), e);
        }
        PoolSpecs.pool(spec.build());
        if (!file.equals(file(new PoolName(spec.getName())))) {
            throw new StorageException(Problem.INTERNAL, "names pool '" + spec.getName() + "', not its own");
        }
        return spec.build();
    }

    void save(PoolSpec spec) {
        Path file = file(new PoolName(spec.getName()));
        try {
            AtomicFile.write(file, JsonFormat.printer().print(spec));
        } catch (IOException e) {
            throw failure("write", file, e);
        }
    }

    /// Forgets a pool. Forgetting an unknown one succeeds.
    void remove(PoolName name) {
        try {
            AtomicFile.delete(file(name));
            PoolCertificates.remove(certificates.resolve(name.value()));
        } catch (IOException e) {
            throw failure("remove", file(name), e);
        }
    }

    private Path file(PoolName name) {
        return directory.resolve(name + SUFFIX);
    }

    private static StorageException failure(String verb, Path file, IOException cause) {
        return new StorageException(
                Problem.UNAVAILABLE,
                "cannot " + verb + " " + file + ": " + cause.getMessage() + "; check the disk of the state directory",
                cause);
    }
}
