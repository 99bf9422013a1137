package io.sagara.agent.volume.disk;

import com.google.gson.FormattingStyle;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import io.sagara.spi.Bytes;
import io.sagara.spi.Volume;
import io.sagara.spi.VolumeName;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Predicate;

/// The info file of a volume, in Kadalu's format: `{"size": 1073741824, "path_prefix": "subvol/2a/f3"}`, spaces as
/// Python's json.dumps sets them. Keys of other programs are kept.
final class InfoFile {
    private static final String SIZE = "size";
    /// Ours; Kadalu looks at the other two only.
    private static final String SOURCE = "sagara_source";
    /// Of a snapshot: of what kind its source was, and when it was taken.
    private static final String CONTENT = "sagara_content";

    private static final String TAKEN = "sagara_taken";

    private static final String PREFIX = "path_prefix";
    private static final Gson GSON = new GsonBuilder()
            .setFormattingStyle(FormattingStyle.COMPACT.withSpaceAfterSeparators(true))
            .disableHtmlEscaping()
            .create();

    private final JsonObject json;
    private final Bytes size;

    private InfoFile(JsonObject json, Bytes size) {
        this.json = json;
        this.size = size;
    }

    /// That of a new volume. `bucket`: the directory it is in, relative to the pool.
    static InfoFile of(Bytes size, Path bucket) {
        JsonObject json = new JsonObject();
        json.addProperty(SIZE, size.value());
        json.addProperty(PREFIX, bucket.toString());
        return new InfoFile(json, size);
    }

    /// Throws [JsonParseException] that says what is wrong where the text is not that of an info file.
    static InfoFile parse(byte[] content) {
        JsonElement parsed = JsonParser.parseString(new String(content, StandardCharsets.UTF_8));
        if (!(parsed instanceof JsonObject json)) {
            throw new JsonParseException(content.length == 0 ? "it is empty" : "it is no JSON object");
        }
        JsonElement size = json.get(SIZE);
        if (size == null || !size.isJsonPrimitive()) {
            throw new JsonParseException("it has no size");
        }
        try {
            long bytes = new BigDecimal(size.getAsString()).longValueExact();
            if (bytes < 0) {
                throw new JsonParseException("its size is negative: " + bytes);
            }
            return new InfoFile(json, new Bytes(bytes));
        } catch (ArithmeticException | NumberFormatException e) {
            throw new JsonParseException("its size is no number of bytes: " + size, e);
        }
    }

    Bytes size() {
        return size;
    }

    /// What its prefix says the volume is; a directory where it says nothing.
    Volume.Kind kind() {
        String bucket = text(PREFIX).orElse("");
        return kind(kind -> bucket.startsWith(kind.directory() + "/")).orElse(Volume.Kind.SUBVOL);
    }

    private static Optional<Volume.Kind> kind(Predicate<Volume.Kind> chosen) {
        return Arrays.stream(Volume.Kind.values()).filter(chosen).findFirst();
    }

    private Optional<String> text(String key) {
        return json.get(key) instanceof JsonPrimitive value ? Optional.of(value.getAsString()) : Optional.empty();
    }

    /// What is in it: of a snapshot what its source was, of a volume what it is.
    Volume.Kind contentKind() {
        return text(CONTENT)
                .flatMap(content -> kind(kind -> kind.directory().equals(content)))
                .orElseGet(this::kind);
    }

    /// When the snapshot was taken; empty where it is none.
    Optional<Instant> takenAt() {
        try {
            return text(TAKEN).map(Instant::parse);
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }

    /// That of a snapshot.
    InfoFile withSnapshot(Volume.Kind content, Instant takenAt) {
        JsonObject changed = json.deepCopy();
        changed.addProperty(CONTENT, content.directory());
        changed.addProperty(TAKEN, takenAt.toString());
        return new InfoFile(changed, size);
    }

    /// The volume or snapshot it is a copy of; empty where it is none.
    Optional<String> source() {
        return text(SOURCE);
    }

    InfoFile withSource(VolumeName source) {
        JsonObject changed = json.deepCopy();
        changed.addProperty(SOURCE, source.value());
        return new InfoFile(changed, size);
    }

    InfoFile withSize(Bytes newSize) {
        JsonObject changed = json.deepCopy();
        changed.addProperty(SIZE, newSize.value());
        return new InfoFile(changed, newSize);
    }

    byte[] content() {
        return GSON.toJson(json).getBytes(StandardCharsets.UTF_8);
    }
}
