package io.sagara.agent.publish;

import static org.assertj.core.api.Assertions.assertThat;

import io.sagara.agent.mount.TestPool;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import io.sagara.spi.VolumeName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The agent dies between any two steps of a publish, a stage, or the undoing of one; the next agent finds what is
/// there then. The call is repeated, or undone: both succeed, and leave what they should.
@Timeout(120)
class PublishCrashIT {
    @TempDir
    Path scratch;

    private TestNode node;
    private VolumeName volume;
    private Path target;

    /// What a publish has done when the agent dies, or an unpublish has not undone: a record, a directory, a mount.
    enum Left {
        RECORD,
        DIRECTORY,
        MOUNT
    }

    @BeforeEach
    void start() throws IOException {
        node = new TestNode(scratch, "p1", TestNode.HASTY);
        volume = node.volume("v1");
        target = node.pod("t");
    }

    @AfterEach
    void clean() throws IOException {
        if (node != null) {
            node.close();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aPublishThatWasCutShortCanBeRepeatedAndUndone(Left left) throws IOException {
        repeat(() -> node.publish(volume, target));
        die(left);
        repeat(() -> node.publish(volume, target));
        assertThat(TestNode.content(target.resolve("f"))).isEqualTo("data of v1");
        assertThat(node.mountsBelow(node.directory.resolve("pods"))).hasSize(1);
        repeat(() -> node.unpublish(volume, target));
        nothingIsLeft(false);
    }

    @ParameterizedTest
    @EnumSource
    void anUnpublishThatWasCutShortCanBeRepeated(Left left) throws IOException {
        repeat(() -> node.publish(volume, target));
        die(left);
        repeat(() -> node.unpublish(volume, target));
        nothingIsLeft(false);
        repeat(() -> node.unpublish(volume, target));
        nothingIsLeft(false);
    }

    @ParameterizedTest
    @EnumSource
    void aStageThatWasCutShortCanBeRepeatedAndUndone(Left left) throws IOException {
        repeat(() -> node.stage(volume, target));
        die(left);
        repeat(() -> node.stage(volume, target));
        assertThat(TestNode.content(target.resolve("f"))).isEqualTo("data of v1");
        repeat(() -> node.unstage(volume, target));
        nothingIsLeft(true);
        repeat(() -> node.unstage(volume, target));
        nothingIsLeft(true);
    }

    /// Ends the agent when only this much was done, and starts the next.
    private void die(Left left) throws IOException {
        node.end();
        if (left != Left.MOUNT) {
            node.pool.posix.unmount(target, false);
        }
        if (left == Left.RECORD) {
            Files.delete(target);
        }
        node.begin();
    }

    /// The next agent looks at what is published as soon as it begins, and a call in that moment is BUSY.
    private static void repeat(Runnable call) {
        TestPool.await("it is not BUSY", Duration.ofSeconds(20), () -> {
            try {
                call.run();
                return true;
            } catch (StorageException e) {
                if (e.problem() != Problem.BUSY) {
                    throw e;
                }
                return false;
            }
        });
    }

    private void nothingIsLeft(boolean directory) throws IOException {
        assertThat(node.mountsBelow(node.directory.resolve("pods"))).isEmpty();
        assertThat(node.directory.resolve("records")).isEmptyDirectory();
        assertThat(Files.exists(target)).isEqualTo(directory);
    }
}
