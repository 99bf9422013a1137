package io.sagara.agent.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MountInfoTest {
    private static final String ROOT = "1 0 254:0 / / rw,relatime - ext4 /dev/vda rw\n";

    @Test
    void readsEveryField() throws IOException {
        var mount = MountInfo.parse(ROOT + "30 1 0:41 /sub /pool rw,nosuid shared:3 master:1 - fuse.glusterfs p1 rw\n")
                .at(Path.of("/pool"))
                .orElseThrow();

        assertThat(mount.id()).isEqualTo(30);
        assertThat(mount.parent()).isEqualTo(1);
        assertThat(mount.device()).isEqualTo(41);
        assertThat(mount.root()).isEqualTo(Path.of("/sub"));
        assertThat(mount.options()).isEqualTo(Set.of("rw", "nosuid"));
        assertThat(mount.type()).isEqualTo("fuse.glusterfs");
        assertThat(mount.source()).isEqualTo("p1");
        assertThat(mount.superOptions()).isEqualTo(Set.of("rw"));
        assertThat(mount.propagation()).isEqualTo(new MountInfo.Propagation(true, true));
    }

    @Test
    void aMountThatSaysNothingOfPropagationIsPrivate() throws IOException {
        var mount = MountInfo.parse(ROOT).at(Path.of("/")).orElseThrow();

        assertThat(mount.propagation()).isEqualTo(new MountInfo.Propagation(false, false));
    }

    /// A lookup through a client that is gone makes the kernel forget names, also of what is mounted.
    @Test
    void theRootOfAMountIsToldAlsoWhenTheKernelHasForgottenItsName() throws IOException {
        var mount = MountInfo.parse(ROOT + "30 1 0:41 /subvol/v1//deleted /v rw - fuse.glusterfs p1 rw\n")
                .at(Path.of("/v"))
                .orElseThrow();

        assertThat(mount.root()).isEqualTo(Path.of("/subvol/v1"));
    }

    @Test
    void readsWhatTheKernelEscapes() throws IOException {
        var info = MountInfo.parse(ROOT + "30 1 0:41 / /a\\040b\\011c\\134d\\012e\rf rw - tmpfs a\\040b rw\n");

        assertThat(info.at(Path.of("/a b\tc\\d\ne\rf"))).isPresent();
        assertThat(info.at(Path.of("/a b\tc\\d\ne\rf")).orElseThrow().source()).isEqualTo("a b");
    }

    @Test
    void theTopmostMountIsSeenWhateverTheOrderOfTheLines() throws IOException {
        var above = "31 30 0:42 / /pool rw - tmpfs above rw\n";
        var below = "30 1 0:41 / /pool rw - tmpfs below rw\n";

        assertThat(MountInfo.parse(ROOT + below + above)
                        .at(Path.of("/pool"))
                        .orElseThrow()
                        .source())
                .isEqualTo("above");
        assertThat(MountInfo.parse(above + below + ROOT)
                        .at(Path.of("/pool"))
                        .orElseThrow()
                        .source())
                .isEqualTo("above");
    }

    @Test
    void aMountBelowACoveredDirectoryIsNotSeen() throws IOException {
        var info =
                MountInfo.parse(ROOT + "30 1 0:41 / /a/b rw - tmpfs hidden rw\n31 1 0:42 / /a rw - tmpfs cover rw\n");

        assertThat(info.at(Path.of("/a/b"))).isEmpty();
        assertThat(info.holding(Path.of("/a/b/c")).orElseThrow().source()).isEqualTo("cover");
    }

    @Test
    void aDirectoryThatIsNoMountPointIsOnTheMountAboveIt() throws IOException {
        var info = MountInfo.parse(ROOT + "30 1 0:41 / /pool rw - tmpfs p rw\n");

        assertThat(info.at(Path.of("/pool/x"))).isEmpty();
        assertThat(info.holding(Path.of("/pool/x")).orElseThrow().source()).isEqualTo("p");
        assertThat(info.holding(Path.of("/poolx")).orElseThrow().source()).isEqualTo("/dev/vda");
    }

    @Test
    void aLineThatCannotBeReadIsAnError() {
        assertThatThrownBy(() -> MountInfo.parse("30 1 0:41 / /pool rw tmpfs p rw"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("/pool");
        assertThatThrownBy(() -> MountInfo.parse("x 1 0:41 / /pool rw - tmpfs p rw"))
                .isInstanceOf(IOException.class);
    }

    @Test
    void theMountsOfThisProcessAreRead() throws IOException {
        assertThat(MountInfo.read().at(Path.of("/proc")).orElseThrow().type()).isEqualTo("proc");
    }
}
