package io.sagara.agent.publish;

import static org.assertj.core.api.Assertions.assertThat;

import io.sagara.spi.VolumeName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
        node.publish(volume, target);
        die(left);
        node.publish(volume, target);
        assertThat(TestNode.content(target.resolve("f"))).isEqualTo("data of v1");
        assertThat(node.mountsBelow(node.directory.resolve("pods"))).hasSize(1);
        node.unpublish(volume, target);
        nothingIsLeft(false);
    }

    @ParameterizedTest
    @EnumSource
    void anUnpublishThatWasCutShortCanBeRepeated(Left left) throws IOException {
        node.publish(volume, target);
        die(left);
        node.unpublish(volume, target);
        nothingIsLeft(false);
        node.unpublish(volume, target);
        nothingIsLeft(false);
    }

    @ParameterizedTest
    @EnumSource
    void aStageThatWasCutShortCanBeRepeatedAndUndone(Left left) throws IOException {
        node.stage(volume, target);
        die(left);
        node.stage(volume, target);
        assertThat(TestNode.content(target.resolve("f"))).isEqualTo("data of v1");
        node.unstage(volume, target);
        nothingIsLeft(true);
        node.unstage(volume, target);
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

    private void nothingIsLeft(boolean directory) throws IOException {
        assertThat(node.mountsBelow(node.directory.resolve("pods"))).isEmpty();
        assertThat(node.directory.resolve("records")).isEmptyDirectory();
        assertThat(Files.exists(target)).isEqualTo(directory);
    }
}
