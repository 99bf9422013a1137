package io.sagara.agent.process;

import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/// Where the programs of the operating system are. The JDK looks only where its own PATH points, and a PATH
/// without the `sbin` directories is common, so they are always looked at too.
final class Programs {
    private static final List<String> SYSTEM = List.of("/usr/local/sbin", "/usr/sbin", "/sbin", "/usr/bin", "/bin");

    /// Debian's names, which Ubuntu shares.
    private static final Map<String, String> PACKAGES = Map.ofEntries(
            Map.entry("wipefs", "util-linux"),
            Map.entry("blkid", "util-linux"),
            Map.entry("lsblk", "util-linux"),
            Map.entry("blockdev", "util-linux"),
            Map.entry("nsenter", "util-linux"),
            Map.entry("unshare", "util-linux"),
            Map.entry("setpriv", "util-linux"),
            Map.entry("findmnt", "util-linux"),
            Map.entry("losetup", "mount"),
            Map.entry("mount", "mount"),
            Map.entry("umount", "mount"),
            Map.entry("mkfs.xfs", "xfsprogs"),
            Map.entry("xfs_growfs", "xfsprogs"),
            Map.entry("xfs_admin", "xfsprogs"),
            Map.entry("mkfs.ext4", "e2fsprogs"),
            Map.entry("resize2fs", "e2fsprogs"),
            Map.entry("e2fsck", "e2fsprogs"),
            Map.entry("tune2fs", "e2fsprogs"),
            Map.entry("glusterfsd", "glusterfs-server"),
            Map.entry("glusterfs", "glusterfs-client"),
            Map.entry("glfsheal", "glusterfs-server"));

    private final List<Path> directories;

    /// Looks in the directories of `searchPath`, which has the form of PATH, and then in the system's.
    Programs(String searchPath) {
        List<Path> all = new ArrayList<>();
        Arrays.stream(searchPath.split(":", -1))
                .filter(directory -> directory.startsWith("/"))
                .map(Path::of)
                .forEach(all::add);
        SYSTEM.stream()
                .map(Path::of)
                .filter(directory -> !all.contains(directory))
                .forEach(all::add);
        this.directories = List.copyOf(all);
    }

    /// The programs of this process' PATH.
    static Programs ofEnvironment() {
        String path = System.getenv("PATH");
        return new Programs(path == null ? "" : path);
    }

    /// The PATH that started programs get.
    String searchPath() {
        return String.join(":", directories.stream().map(Path::toString).toList());
    }

    /// The command line with the program as an absolute path. Throws UNSUPPORTED where it is not installed.
    List<String> resolve(List<String> argv) {
        if (argv.isEmpty()) {
            throw new IllegalArgumentException("a command line needs a program");
        }
        List<String> resolved = new ArrayList<>(argv);
        resolved.set(0, find(argv.getFirst()).toString());
        return List.copyOf(resolved);
    }

    private Path find(String program) {
        List<Path> candidates = program.contains("/")
                ? List.of(Path.of(program))
                : directories.stream()
                        .map(directory -> directory.resolve(program))
                        .toList();
        return candidates.stream()
                .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
                .findFirst()
                .orElseThrow(() -> notInstalled(program));
    }

    private static StorageException notInstalled(String program) {
        String name = Path.of(program).getFileName() == null
                ? program
                : Path.of(program).getFileName().toString();
        String pkg = PACKAGES.get(name);
        String remedy = pkg == null ? "install it" : "install the package " + pkg + " (apt-get install " + pkg + ")";
        return new StorageException(
                Problem.UNSUPPORTED, "the program '" + program + "' is not installed on this node; " + remedy);
    }
}
