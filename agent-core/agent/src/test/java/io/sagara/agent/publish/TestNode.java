package io.sagara.agent.publish;

import static org.assertj.core.api.Assertions.assertThat;

import io.sagara.agent.mount.ClientPatience;
import io.sagara.agent.mount.ClientSpec.Kind;
import io.sagara.agent.mount.PoolClient;
import io.sagara.agent.mount.TestPool;
import io.sagara.agent.posix.MountInfo;
import io.sagara.agent.volume.VolumeService.Placed;
import io.sagara.api.v1.GetVolumeStatsRequest;
import io.sagara.api.v1.PublishVolumeRequest;
import io.sagara.api.v1.StageVolumeRequest;
import io.sagara.api.v1.UnpublishVolumeRequest;
import io.sagara.api.v1.UnstageVolumeRequest;
import io.sagara.api.v1.VolumeStats;
import io.sagara.spi.Bytes;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import io.sagara.spi.Volume;
import io.sagara.spi.VolumeName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/// One pool on real GlusterFS, and what the agent does with its volumes. Closing it leaves nothing behind.
final class TestNode implements AutoCloseable {
    static final ClientPatience HASTY = new ClientPatience(
            Duration.ofMillis(200),
            Duration.ofSeconds(1),
            Duration.ofSeconds(3),
            Duration.ofSeconds(30),
            Duration.ofMillis(100),
            Duration.ofSeconds(1),
            Duration.ofMinutes(1),
            16);

    final TestPool pool;
    final Path directory;
    private final ClientPatience patience;
    private final List<AutoCloseable> open = new ArrayList<>();
    private PoolClient client;
    PublishedVolumes published;

    TestNode(Path scratch, String name, ClientPatience patience) throws IOException {
        this.pool = new TestPool(Files.createDirectory(scratch.resolve(name)), name);
        this.directory = scratch.toRealPath().resolve(name);
        this.patience = patience;
        pool.startBrick();
        for (String part : List.of("records", "pods", "roots")) {
            Files.createDirectory(directory.resolve(part));
        }
        begin();
    }

    /// What an agent does at its start.
    void begin() throws IOException {
        client = pool.client(Kind.VOLUMES, patience);
        published = new PublishedVolumes(new PublishedVolumes.Surroundings(
                pool.posix,
                pool.timer,
                directory.resolve("records"),
                directory.resolve("mounts"),
                new TargetRules(
                        Optional.empty(), directory.resolve("records"), () -> List.of(directory.resolve("brick"))),
                this::placed,
                this::placed,
                _ -> client,
                (_, _) -> Optional.empty(),
                (_, _) -> Optional.empty()));
        client.onRemount(() -> published.heal(pool.pool.name()));
        client.awaitMounted(TestPool.LONG);
        published.heal(pool.pool.name());
    }

    /// What the end of an agent leaves: everything but the agent.
    void end() {
        published.close();
        client.close();
    }

    PoolClient client() {
        return client;
    }

    private Placed placed(VolumeName name) {
        var volume = new Volume(name, Volume.Kind.SUBVOL, Bytes.mib(10), Path.of("subvol/" + name));
        return new Placed(volume, pool.pool);
    }

    VolumeName volume(String name) throws IOException {
        Path made = Files.createDirectories(client.root().resolve("subvol").resolve(name));
        Files.writeString(made.resolve("f"), "data of " + name);
        return new VolumeName(name);
    }

    Path pod(String name) {
        return directory.resolve("pods").resolve(name);
    }

    Path publish(VolumeName name, Path target, String... flags) {
        published.publish(
                name,
                PublishVolumeRequest.newBuilder()
                        .setTargetPath(target.toString())
                        .addAllMountFlags(List.of(flags))
                        .build());
        return target;
    }

    void publishAlone(VolumeName name, Path target) {
        published.publish(
                name,
                PublishVolumeRequest.newBuilder()
                        .setTargetPath(target.toString())
                        .setExclusive(true)
                        .build());
    }

    Path stage(VolumeName name, Path target) {
        published.stage(
                name,
                StageVolumeRequest.newBuilder()
                        .setStagingPath(target.toString())
                        .build());
        return target;
    }

    void unpublish(VolumeName name, Path target) {
        published.unpublish(
                name,
                UnpublishVolumeRequest.newBuilder()
                        .setTargetPath(target.toString())
                        .build());
    }

    void unstage(VolumeName name, Path target) {
        published.unstage(
                name,
                UnstageVolumeRequest.newBuilder()
                        .setStagingPath(target.toString())
                        .build());
    }

    VolumeStats stats(VolumeName name, Path target) {
        return published.stats(
                name,
                GetVolumeStatsRequest.newBuilder().setPath(target.toString()).build());
    }

    PublishedVolumes.Repaired repaired() {
        return published.repairs(pool.pool.name());
    }

    Container container(Path volume, String propagation, String options) throws IOException {
        Path root = Files.createTempDirectory(directory.resolve("roots"), "c");
        var container = new Container(root, volume, propagation, options);
        open.add(container);
        return container;
    }

    void signalClient(String signal) {
        pool.signal(pool.process(Kind.VOLUMES), signal);
    }

    List<MountInfo.Mount> mountsBelow(Path path) throws IOException {
        return MountInfo.read().all().stream()
                .filter(mount -> mount.point().startsWith(path))
                .toList();
    }

    /// Waits until `what` says `wanted`, and returns after how many milliseconds it did. A look that fails is
    /// one that has not seen it; one that hangs is given up by the kernel when the client is killed.
    static long awaitContent(String what, Supplier<String> look, String wanted) {
        long begun = System.nanoTime();
        TestPool.await(what, Duration.ofSeconds(60), () -> look.get().equals(wanted));
        return (System.nanoTime() - begun) / 1_000_000;
    }

    static String content(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return String.valueOf(e.getMessage());
        }
    }

    static void refused(Problem problem, String hint, ThrowingCallable call) {
        org.assertj.core.api.Assertions.assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        StorageException.class,
                        e -> assertThat(e.problem())
                                .as(String.valueOf(e.getMessage()))
                                .isEqualTo(problem))
                .hasMessageContaining(hint);
    }

    @Override
    public void close() throws IOException {
        for (AutoCloseable resource : open) {
            try {
                resource.close();
            } catch (Exception e) {
                throw new IOException(e);
            }
        }
        if (published != null) {
            published.close();
        }
        pool.close();
        assertThat(mountsBelow(directory)).isEmpty();
    }
}
