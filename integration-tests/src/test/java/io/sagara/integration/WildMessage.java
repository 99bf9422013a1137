package io.sagara.integration;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Message;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;

/// Requests of any kind, field by field right or wild: names no volume may have, sizes no pool has, paths that lead
/// elsewhere, and what contradicts itself.
final class WildMessage {
    /// The volumes that requests are about where they are right.
    static final List<String> NAMES =
            Stream.iterate(0, i -> i < 8, i -> i + 1).map(i -> "fuzz-" + i).toList();

    private static final List<String> WILD_NAMES = List.of(
            "",
            ".",
            "..",
            "../..",
            "../info",
            "a/b",
            "/etc",
            "a\u0000b",
            "a\nb",
            "\u0001\u0007\u001b[2J",
            "\u007f",
            "ünïcödé",
            "日本語",
            "\uD83D\uDE00",
            "con\u202egnp.txt",
            "x".repeat(252),
            "x".repeat(255),
            "x".repeat(256),
            "ü".repeat(126),
            "ü".repeat(128),
            "x".repeat(10_000),
            "-rf",
            "--help",
            "archived-fuzz-0",
            ".sagara-trash",
            "stat.db",
            "fuzz-0.json",
            " fuzz-0",
            "fuzz-0 ",
            "FUZZ-0",
            "'; DROP TABLE pv_stats; --",
            "%s%n%x",
            "${jndi:ldap://x}",
            "*",
            "no-such-volume",
            "p2",
            "null");
    private static final List<Long> WILD_SIZES = List.of(
            0L, -1L, 1L, 511L, 4097L, Long.MIN_VALUE, Long.MAX_VALUE, Long.MAX_VALUE - 1, 1L << 62, 1L << 50, 1L << 40);
    private static final List<String> KEYS = List.of(
            "storage_name",
            "storage_type",
            "hostvol_type",
            "pv_type",
            "node_affinity",
            "path",
            "pool",
            "size",
            "hash",
            "x");
    private static final List<String> VALUES = List.of(
            "p1", "Replica1", "Replica3", "Disperse", "Block", "subvol", "localhost", "nowhere", "fuzz-0", "/", "-1");
    private static final int NO_SUCH_ENUM = 99;
    private static final int DEPTH = 4;

    private final Random random;
    private final List<String> paths;
    private final List<String> wildPaths;

    /// `right`: paths that may be used. `outside`: a directory that may not, `link`: one that leads there.
    WildMessage(long seed, List<Path> right, Path outside, Path link) {
        random = new Random(seed);
        paths = right.stream().map(Path::toString).toList();
        String top = Objects.requireNonNull(right.getFirst().getParent()).toString();
        wildPaths = List.of(
                "",
                ".",
                "/",
                "relative/path",
                outside.toString(),
                outside + "/new",
                link.toString(),
                link + "/new",
                top + "/../outside",
                top + "/./x/../t0",
                top + "//t0",
                top + "/t0/",
                top + "/absent/parent/t",
                top + "/file",
                top + "/file/below",
                top + "/full",
                top,
                "/proc/self/root" + outside,
                "/proc/1/cwd",
                "/etc",
                "/dev/null",
                top + "/" + "x".repeat(300),
                top + "/" + "y/".repeat(3000),
                top + "/a\u0000b",
                top + "/a\nb",
                top + "/ünïcödé\u202e");
    }

    /// A request of this type.
    Message next(Descriptor type) {
        return message(type, random.nextInt(4) == 0 ? 0.02 : random.nextDouble(), 0);
    }

    /// `wild`: how likely each field is not what it should be.
    private Message message(Descriptor type, double wild, int depth) {
        DynamicMessage.Builder builder = DynamicMessage.newBuilder(type);
        for (FieldDescriptor field : type.getFields()) {
            if (field.getName().equals("secrets") || (depth > 0 && random.nextInt(8) == 0)) {
                continue;
            }
            if (field.isMapField()) {
                entries(builder, field, wild);
            } else if (field.isRepeated()) {
                for (int n = wild(wild) ? random.nextInt(4) : 1; n > 0 && depth < DEPTH; n--) {
                    builder.addRepeatedField(field, value(field, wild, depth));
                }
            } else if (wanted(field, wild) && depth < DEPTH) {
                builder.setField(field, value(field, wild, depth));
            }
        }
        return builder.build();
    }

    /// What an ordinary request leaves away, a wild one may have.
    private boolean wanted(FieldDescriptor field, double wild) {
        boolean usual =
                switch (field.getName()) {
                    case "volume_content_source", "accessibility_requirements", "block", "limit_bytes", "readonly" ->
                        false;
                    case "exclusive", "starting_token", "page_token", "node", "max_entries" -> false;
                    default -> true;
                };
        return usual != (random.nextDouble() < wild / 2);
    }

    private boolean wild(double wild) {
        return random.nextDouble() < wild;
    }

    private void entries(DynamicMessage.Builder builder, FieldDescriptor field, double wild) {
        Descriptor entry = field.getMessageType();
        FieldDescriptor key = entry.findFieldByName("key");
        FieldDescriptor value = entry.findFieldByName("value");
        if (!wild(wild)) {
            builder.addRepeatedField(
                    field,
                    DynamicMessage.newBuilder(entry)
                            .setField(key, "storage_name")
                            .setField(value, "p1")
                            .build());
            return;
        }
        for (int n = random.nextInt(4); n > 0; n--) {
            builder.addRepeatedField(
                    field,
                    DynamicMessage.newBuilder(entry)
                            .setField(key, pick(KEYS))
                            .setField(value, pick(random.nextBoolean() ? VALUES : WILD_NAMES))
                            .build());
        }
    }

    private Object value(FieldDescriptor field, double wild, int depth) {
        return switch (field.getJavaType()) {
            case STRING -> text(field.getName(), wild(wild));
            case LONG -> wild(wild) ? pick(WILD_SIZES) : (4L + random.nextInt(2)) << 20;
            case INT -> wild(wild) ? random.nextInt() : random.nextInt(10);
            case BOOLEAN -> random.nextBoolean();
            case ENUM ->
                wild(wild)
                        ? field.getEnumType().findValueByNumberCreatingIfUnknown(NO_SUCH_ENUM)
                        : pick(field.getEnumType().getValues());
            case MESSAGE -> message(field.getMessageType(), wild, depth + 1);
            case BYTE_STRING -> com.google.protobuf.ByteString.EMPTY;
            case FLOAT -> random.nextFloat();
            case DOUBLE -> random.nextDouble();
        };
    }

    private String text(String field, boolean wild) {
        if (field.contains("path")) {
            return pick(wild ? wildPaths : paths);
        }
        if (wild) {
            return pick(WILD_NAMES);
        }
        return switch (field) {
            case "name", "volume_id", "id" -> pick(NAMES);
            case "pool" -> "p1";
            case "node", "fs_type", "starting_token", "page_token" -> "";
            case "mount_flags" -> "nosuid";
            default -> pick(NAMES);
        };
    }

    private <T> T pick(List<T> from) {
        return from.get(random.nextInt(from.size()));
    }
}
