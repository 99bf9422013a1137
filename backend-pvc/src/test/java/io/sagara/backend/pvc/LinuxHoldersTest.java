package io.sagara.backend.pvc;

import static org.assertj.core.api.Assertions.assertThat;

import io.sagara.testkit.FakeHost;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// On a /proc of our own.
class LinuxHoldersTest {
    private static final String UID = "0b8e0f0e-5a3c-4f0e-9b1a-2f4f5d6c7e8f";
    private static final String CLAIM = "36 35 8:1 / /brick rw,relatime - ext4 /dev/sda1 rw\n";

    @TempDir
    Path proc;

    private Holders holders;

    @BeforeEach
    void makeHolders() {
        holders = new LinuxHolders(new FakeHost(proc), proc);
    }

    private void process(int pid, String cgroup, String mounts) throws IOException {
        Path directory = Files.createDirectory(proc.resolve(Integer.toString(pid)));
        Files.writeString(directory.resolve("cgroup"), cgroup);
        Files.writeString(directory.resolve("mountinfo"), mounts);
    }

    private void finds(long pid) {
        assertThat(holders.find(UID)).contains(new Holders.Holder(UID, pid));
    }

    @Test
    void theContainerThatHasTheClaimIsFoundAndNotThePausedOne() throws IOException {
        process(7, "0::/kubepods/burstable/pod" + UID + "/aaaa\n", "30 1 0:5 / / rw - overlay overlay rw\n");
        process(8, "0::/kubepods/burstable/pod" + UID + "/bbbb\n", "30 1 0:5 / / rw - overlay overlay rw\n" + CLAIM);
        finds(8);
    }

    @Test
    void thePodIsRecognisedInAllHierarchiesAndWithBothDrivers() throws IOException {
        process(8, "3:cpu:/x/kubepods/pod" + UID + "/bbbb\n1:name=systemd:/x/kubepods/pod" + UID + "/bbbb\n", CLAIM);
        finds(8);
    }

    @Test
    void thePodIsRecognisedAsSystemdNamesIt() throws IOException {
        String slice = "kubepods-besteffort-pod" + UID.replace('-', '_') + ".slice";
        process(8, "0::/kubepods.slice/kubepods-besteffort.slice/" + slice + "/cri-containerd-b.scope\n", CLAIM);
        finds(8);
    }

    /// Whatever a container calls itself below its own cgroup, or mounts in itself.
    @Test
    void anotherPodIsNotTakenForIt() throws IOException {
        process(7, "0::/kubepods/podffffffff-5a3c-4f0e-9b1a-2f4f5d6c7e8f/pod" + UID + "-x/c\n", CLAIM);
        process(8, "0::/kubepods/pod" + UID + "x/c\n", CLAIM);
        assertThat(holders.find(UID)).isEmpty();
    }

    @Test
    void aProcessThatEndsMeanwhileIsPassedOver() throws IOException {
        Files.createDirectory(proc.resolve("7"));
        process(8, "0::/kubepods/pod" + UID + "/c\n", CLAIM);
        Files.delete(proc.resolve("8/mountinfo"));
        assertThat(holders.find(UID)).isEmpty();
    }

    @Test
    void onlyTheDirectoryItselfIsMounted() throws IOException {
        Files.createDirectory(proc.resolve("self"));
        Files.writeString(proc.resolve("self/mountinfo"), "36 35 8:1 / /var/lib/s\\040x/0 rw - ext4 /dev/sda1 rw\n");
        assertThat(holders.isMounted(Path.of("/var/lib/s x/0"))).isTrue();
        assertThat(holders.isMounted(Path.of("/var/lib/s x"))).isFalse();
    }
}
