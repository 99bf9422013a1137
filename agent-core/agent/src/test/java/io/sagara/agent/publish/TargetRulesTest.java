package io.sagara.agent.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TargetRulesTest {
    private final TargetRules anywhere = new TargetRules(
            Optional.empty(), Path.of("/var/lib/sagara"), () -> List.of(Path.of("/data/brick"), Path.of("/disk.img")));
    private final TargetRules kubelet =
            new TargetRules(Optional.of(Path.of("/var/lib/kubelet")), Path.of("/var/lib/sagara"), List::of);

    private static void refused(TargetRules rules, String text, String why) {
        assertThatThrownBy(() -> rules.parse("target_path", text))
                .isInstanceOfSatisfying(StorageException.class, e -> {
                    assertThat(e.problem()).isEqualTo(Problem.INVALID_ARGUMENT);
                    assertThat(String.valueOf(e.getMessage()).length()).isLessThan(400);
                    assertThat(String.valueOf(e.getMessage()).chars()).noneMatch(Character::isISOControl);
                })
                .hasMessageContaining("target_path")
                .hasMessageContaining(why);
    }

    @Test
    void aPlainAbsolutePathIsTaken() {
        assertThat(anywhere.parse("target_path", "/mnt/pod 1/v\u00fcl")).isEqualTo(Path.of("/mnt/pod 1/v\u00fcl"));
        assertThat(anywhere.parse("target_path", "/mnt//pod/")).isEqualTo(Path.of("/mnt/pod"));
        assertThat(anywhere.parse("target_path", "/mnt/" + "x".repeat(255))).isAbsolute();
    }

    @Test
    void whatIsNoPlainAbsolutePathIsRefused() {
        refused(anywhere, "", "is missing");
        refused(anywhere, "relative/path", "is relative");
        refused(anywhere, "../up", "is relative");
        refused(anywhere, "/mnt/../etc", "'..'");
        refused(anywhere, "/mnt/./pod", "'.'");
        refused(anywhere, "/", "root directory");
        refused(anywhere, "/mnt/a\0b", "control characters");
        refused(anywhere, "/mnt/a\nb", "control characters");
        refused(anywhere, "/mnt/" + "x".repeat(256), "255 bytes");
        refused(anywhere, "/mnt/" + "\u00fc".repeat(128), "255 bytes");
        refused(anywhere, "/x".repeat(5000), "4095 bytes");
        refused(anywhere, "/" + "x".repeat(10_000), "4095 bytes");
    }

    @Test
    void whatHoldsDataOfPoolsOrTheAgentIsRefusedWithAllInAndAroundIt() {
        refused(anywhere, "/var/lib/sagara", "agent's own");
        refused(anywhere, "/var/lib/sagara/mounts/p1/x", "agent's own");
        refused(anywhere, "/var/lib", "agent's own");
        refused(anywhere, "/data/brick/x", "pool's data");
        refused(anywhere, "/data", "pool's data");
        refused(anywhere, "/disk.img", "pool's data");
        assertThat(anywhere.parse("target_path", "/data/brick2")).isEqualTo(Path.of("/data/brick2"));
    }

    @Test
    void whereTheDirectoryOfKubeletIsGivenEverythingElseIsRefused() {
        refused(kubelet, "/var/lib/kubelet", "not below /var/lib/kubelet");
        refused(kubelet, "/var/lib/kubelet2/pods", "not below /var/lib/kubelet");
        refused(kubelet, "/mnt/pod", "SAGARA_KUBELET_DIR");
        assertThat(kubelet.parse("target_path", "/var/lib/kubelet/pods/1/mount"))
                .isAbsolute();
    }
}
