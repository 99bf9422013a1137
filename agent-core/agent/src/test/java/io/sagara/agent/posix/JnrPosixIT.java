package io.sagara.agent.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sagara.agent.posix.Posix.MountFlag;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JnrPosixIT {
    private static final int EBUSY = 16;

    private final Posix posix = new JnrPosix();

    @TempDir
    Path directory;

    private Path source;
    private Path target;

    @BeforeEach
    void needsRoot() throws IOException {
        assumeTrue(posix.userId() == 0, "root is needed to mount");
        source = Files.createDirectory(directory.resolve("source"));
        target = Files.createDirectory(directory.resolve("target"));
        Files.writeString(source.resolve("f"), "data");
    }

    @AfterEach
    void unmountEverything() throws IOException {
        while (target != null && MountInfo.read().at(target).isPresent()) {
            posix.unmount(target, true);
        }
    }

    @Test
    void trustedAttributesComeBackAsTheyWereSet() throws IOException {
        byte[] value = {0, 1, -1, 0};
        posix.setAttribute(source, "trusted.sagara", value);

        assertThat(posix.attribute(source, "trusted.sagara").orElseThrow()).isEqualTo(value);
        posix.removeAttribute(source, "trusted.sagara");
        assertThat(posix.attribute(source, "trusted.sagara")).isEmpty();
    }

    @Test
    void aReadOnlyBindRefusesWritesAndItsSourceDoesNot() throws IOException {
        posix.bind(source, target, Set.of(MountFlag.READONLY));

        assertThat(target.resolve("f")).hasContent("data");
        assertThatThrownBy(() -> Files.writeString(target.resolve("g"), "x"))
                .isInstanceOf(FileSystemException.class)
                .hasMessageContaining("Read-only");
        Files.writeString(source.resolve("g"), "x");
    }

    @Test
    void everyFlagIsOnTheMount() throws IOException {
        for (MountFlag flag : MountFlag.values()) {
            posix.bind(source, target, Set.of(flag));

            assertThat(flags(target)).contains(flag.option());
            posix.unmount(target, false);
        }
        posix.bind(source, target, EnumSet.of(MountFlag.READONLY, MountFlag.NOEXEC, MountFlag.NODEV));
        assertThat(flags(target)).contains("ro", "noexec", "nodev");
    }

    @Test
    void flagsAreAddedToThoseOfTheSource() throws IOException {
        posix.bind(source, target, EnumSet.of(MountFlag.NOSUID, MountFlag.NODEV));
        var second = Files.createDirectory(directory.resolve("second"));
        posix.bind(target, second, EnumSet.of(MountFlag.READONLY));
        try {
            assertThat(flags(second)).contains("ro", "nosuid", "nodev");
        } finally {
            posix.unmount(second, true);
        }
    }

    @Test
    void theOldWayToBindGivesTheSameMount() throws IOException {
        posix.bind(source, target, EnumSet.of(MountFlag.NOSUID));
        var second = Files.createDirectory(directory.resolve("second"));
        BindMount.mountThenRestrict(target, second, EnumSet.of(MountFlag.READONLY, MountFlag.NOEXEC));
        try {
            assertThat(flags(second)).contains("ro", "nosuid", "noexec");
        } finally {
            posix.unmount(second, true);
        }
    }

    @Test
    void aFileIsBoundToAFile() throws IOException {
        var file = Files.createFile(directory.resolve("file"));
        posix.bind(source.resolve("f"), file, Set.of());
        try {
            assertThat(file).hasContent("data");
        } finally {
            posix.unmount(file, false);
        }
    }

    @Test
    void aBusyMountLeavesOnlyWhenDetached() throws IOException {
        posix.bind(source, target, Set.of());
        try (var open = Files.newInputStream(target.resolve("f"))) {
            assertThatThrownBy(() -> posix.unmount(target, false))
                    .isInstanceOfSatisfying(
                            PosixException.class, e -> assertThat(e.errno()).isEqualTo(EBUSY));
            posix.unmount(target, true);

            assertThat(MountInfo.read().at(target)).isEqualTo(Optional.empty());
            assertThat(open.readAllBytes()).isEqualTo("data".getBytes(java.nio.charset.StandardCharsets.UTF_8));
        }
    }

    @Test
    void usageAgreesWithStat() throws Exception {
        var stat = new ProcessBuilder("stat", "-f", "-c", "%S %b %a %c %d %t", "/proc/..", "/dev/shm")
                .redirectErrorStream(true)
                .start();
        String[] fields = new String(stat.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8)
                .lines()
                .skip(1)
                .findFirst()
                .orElseThrow()
                .split(" ", -1);
        assertThat(stat.waitFor(10, TimeUnit.SECONDS)).isTrue();
        var system = posix.fileSystem(Path.of("/dev/shm"));
        long block = Long.parseLong(fields[0]);

        assertThat(system.usage().total().value()).isEqualTo(block * Long.parseLong(fields[1]));
        assertThat(system.usage().free().value()).isEqualTo(block * Long.parseLong(fields[2]));
        assertThat(system.usage().inodes()).isEqualTo(Long.parseLong(fields[3]));
        assertThat(system.usage().usedInodes()).isEqualTo(Long.parseLong(fields[3]) - Long.parseLong(fields[4]));
        assertThat(system.type()).isEqualTo(Long.parseLong(fields[5], 16));
    }

    private static Set<String> flags(Path mount) throws IOException {
        return MountInfo.read().at(mount).orElseThrow().options();
    }
}
