package io.sagara.agent.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sagara.spi.Bricks;
import io.sagara.spi.PoolMount;
import io.sagara.spi.Problem;
import io.sagara.spi.Provisioning;
import io.sagara.spi.StorageException;
import io.sagara.spi.Volume;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CallsTest {
    @TempDir
    Path root;

    private PluginsFixture fixture;

    @BeforeEach
    void start() {
        fixture = new PluginsFixture(root);
    }

    @AfterEach
    void stop() {
        fixture.close();
    }

    private Bricks bricksThat(String attach) {
        new VendorJar().attach(attach).build(fixture.jar("scratch-1.jar"));
        return fixture.load("scratch").backend().bricks();
    }

    @Test
    void whateverABackendThrowsNamesBackendAndJar() {
        Bricks bricks = bricksThat("throw new StackOverflowError(\"deep\");");
        assertThatThrownBy(() -> bricks.attach(Lent.POOL, Lent.BRICK))
                .isInstanceOfSatisfying(
                        StorageException.class, e -> assertThat(e.problem()).isEqualTo(Problem.INTERNAL))
                .hasMessage("backend 'scratch' (scratch-1.jar): Bricks.attach failed: java.lang.StackOverflowError:"
                        + " deep; report this to its vendor")
                .hasCauseInstanceOf(StackOverflowError.class);
    }

    @Test
    void aStorageExceptionArrivesAsItIs() {
        Bricks bricks = bricksThat("throw new StorageException(Problem.IN_USE, \"unit 2 is in use\");");
        assertThatThrownBy(() -> bricks.attach(Lent.POOL, Lent.BRICK))
                .isInstanceOfSatisfying(
                        StorageException.class, e -> assertThat(e.problem()).isEqualTo(Problem.IN_USE))
                .hasMessage("unit 2 is in use");
    }

    @Test
    void aResultThatIsNullIsAFaultOfTheBackend() {
        Bricks bricks = bricksThat("return null;");
        assertThatThrownBy(() -> bricks.attach(Lent.POOL, Lent.BRICK))
                .isInstanceOf(StorageException.class)
                .hasMessage(
                        "backend 'scratch' (scratch-1.jar): Bricks.attach returned null; report this to its vendor");
    }

    @Test
    void theContextClassLoaderIsTheBackendsDuringACallOnly() {
        Bricks bricks = bricksThat("return Path.of(\"/\" + (Thread.currentThread().getContextClassLoader()"
                + " == Provider.class.getClassLoader()));");
        ClassLoader before = Thread.currentThread().getContextClassLoader();
        assertThat(bricks.attach(Lent.POOL, Lent.BRICK)).isEqualTo(Path.of("/true"));
        assertThat(Thread.currentThread().getContextClassLoader()).isSameAs(before);
    }

    @Test
    void volumesAreListedThroughTheBackendAndAFailureOfTheCallerIsNotBlamedOnIt() {
        new VendorJar().build(fixture.jar("scratch.jar"));
        Provisioning provisioning = fixture.load("scratch").backend().provisioning();
        PoolMount mount = Lent.mount();
        List<Volume> listed = new ArrayList<>();
        provisioning.list(mount, listed::add, line -> {});
        assertThat(listed).containsExactly(Lent.VOLUME);
        IllegalStateException ours = new IllegalStateException("ours");
        assertThatThrownBy(() -> provisioning.list(
                        mount,
                        volume -> {
                            throw ours;
                        },
                        line -> {}))
                .isSameAs(ours);
    }
}
