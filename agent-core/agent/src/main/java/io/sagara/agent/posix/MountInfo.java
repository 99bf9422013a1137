package io.sagara.agent.posix;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// The mounts this process sees, as `/proc/self/mountinfo` had them at one moment. Reading it never touches a
/// mounted file system.
public final class MountInfo {
    private static final Path SELF = Path.of("/proc/self/mountinfo");
    private static final int FIXED_FIELDS = 6;
    /// What the kernel appends to the root of a mount whose directory has lost its name, removed or only forgotten.
    private static final String NAMELESS = "//deleted";

    private static final int OCTAL_DIGITS = 3;
    private static final int OCTAL = 8;

    private final List<Mount> mounts;
    private final Map<Integer, List<Mount>> children;

    private MountInfo(List<Mount> mounts) {
        this.mounts = List.copyOf(mounts);
        this.children = mounts.stream().collect(Collectors.groupingBy(Mount::parent));
    }

    /// One mount. `id`, `parent`: the kernel's numbers. `device`: st_dev of what is mounted. `root`: the
    /// directory of that file system that appears at `point`. `options`: of this mount, such as `ro`;
    /// `superOptions`: of the file system. `type`, `source`: such as `fuse.glusterfs` and `p1`.
    public record Mount(
            int id,
            int parent,
            long device,
            Path root,
            Path point,
            Set<String> options,
            Propagation propagation,
            String type,
            String source,
            Set<String> superOptions) {}

    /// Whether what is mounted below a mount appears below its copies (`to`), and the other way round (`from`).
    public record Propagation(boolean to, boolean from) {}

    /// The mounts now.
    public static MountInfo read() throws IOException {
        return read(SELF);
    }

    /// The mounts that another process sees, named as it names them. Throws where it has ended.
    public static MountInfo of(long pid) throws IOException {
        return read(Path.of("/proc", Long.toString(pid), "mountinfo"));
    }

    private static MountInfo read(Path file) throws IOException {
        return parse(Files.readString(file, StandardCharsets.ISO_8859_1));
    }

    /// The mounts in `text`, which has the kernel's bytes as ISO 8859-1.
    static MountInfo parse(String text) throws IOException {
        var mounts = new ArrayList<Mount>();
        for (String line : text.split("\n", -1)) {
            if (!line.isEmpty()) {
                mounts.add(mount(line));
            }
        }
        return new MountInfo(mounts);
    }

    /// All of them, also those that others cover.
    public List<Mount> all() {
        return mounts;
    }

    /// The mount with this number.
    public Optional<Mount> withId(long id) {
        return mounts.stream().filter(mount -> mount.id() == id).findFirst();
    }

    /// Whether something is mounted below this mount.
    public boolean hasChildren(Mount mount) {
        return !children.getOrDefault(mount.id(), List.of()).isEmpty();
    }

    /// The mount whose root one sees at `point`, an absolute path without links; empty where `point` is no mount
    /// point.
    public Optional<Mount> at(Path point) {
        return holding(point).filter(mount -> mount.point().equals(point));
    }

    /// The mount that `path`, absolute and without links, is on.
    public Optional<Mount> holding(Path path) {
        Set<Integer> ids = mounts.stream().map(Mount::id).collect(Collectors.toCollection(HashSet::new));
        Optional<Mount> current =
                mounts.stream().filter(mount -> !ids.contains(mount.parent())).findFirst();
        Optional<Mount> next = current;
        while (next.isPresent()) {
            current = next;
            next = entered(current.get(), path);
        }
        return current;
    }

    /// The mount one enters first on the way from `from` down to `path`.
    private Optional<Mount> entered(Mount from, Path path) {
        return children.getOrDefault(from.id(), List.of()).stream()
                .filter(child -> child.id() != from.id() && path.startsWith(child.point()))
                .min(Comparator.comparingInt(child -> child.point().getNameCount()));
    }

    private static Mount mount(String line) throws IOException {
        String[] fields = line.split(" ", -1);
        int separator = FIXED_FIELDS;
        while (separator < fields.length && !fields[separator].equals("-")) {
            separator++;
        }
        if (separator + 3 >= fields.length) {
            throw new IOException("mountinfo has a line of an unknown form: " + line);
        }
        try {
            String[] device = fields[2].split(":", 2);
            return new Mount(
                    Integer.parseInt(fields[0]),
                    Integer.parseInt(fields[1]),
                    DeviceNumber.of(Integer.parseInt(device[0]), Integer.parseInt(device[1])),
                    path(withoutEnd(fields[3])),
                    path(fields[4]),
                    Set.copyOf(List.of(fields[5].split(",", -1))),
                    propagation(List.of(fields).subList(FIXED_FIELDS, separator)),
                    fields[separator + 1],
                    text(fields[separator + 2]),
                    Set.copyOf(List.of(fields[separator + 3].split(",", -1))));
        } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
            throw new IOException("mountinfo has a line of an unknown form: " + line, e);
        }
    }

    private static String withoutEnd(String root) {
        return root.endsWith(NAMELESS) ? root.substring(0, root.length() - NAMELESS.length()) : root;
    }

    private static Propagation propagation(List<String> tags) {
        return new Propagation(
                tags.stream().anyMatch(tag -> tag.startsWith("shared:")),
                tags.stream().anyMatch(tag -> tag.startsWith("master:")));
    }

    /// The kernel writes space, tab, line feed and backslash as `\` and three octal digits.
    private static Path path(String escaped) {
        return FileNames.path(unescaped(escaped));
    }

    private static String text(String escaped) {
        return new String(unescaped(escaped), StandardCharsets.UTF_8);
    }

    private static byte[] unescaped(String escaped) {
        var bytes = new ByteArrayOutputStream(escaped.length());
        for (int i = 0; i < escaped.length(); i++) {
            char c = escaped.charAt(i);
            if (c == '\\' && i + OCTAL_DIGITS < escaped.length()) {
                bytes.write(Integer.parseInt(escaped, i + 1, i + 1 + OCTAL_DIGITS, OCTAL));
                i += OCTAL_DIGITS;
            } else {
                bytes.write(c);
            }
        }
        return bytes.toByteArray();
    }
}
