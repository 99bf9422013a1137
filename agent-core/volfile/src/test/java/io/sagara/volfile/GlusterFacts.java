package io.sagara.volfile;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// What the translators of GlusterFS 10.3 say of their options.
public final class GlusterFacts {
    private static final String SOCKET = "rpc-transport/socket";
    private static final List<Fact> FACTS = read();

    private GlusterFacts() {}

    /// One row of a translator's table. `max` is 0 where there is no range.
    public record Fact(String type, List<String> keys, String kind, long min, long max) {}

    /// The row of an option; those of the network translators may be their transport's.
    public static Optional<Fact> find(String type, String key) {
        Optional<Fact> own = FACTS.stream()
                .filter(fact -> fact.type().equals(type) && fact.keys().stream().anyMatch(k -> matches(k, key)))
                .findFirst();
        return own.filter(fact -> fact.keys().contains(key))
                .or(() -> type.startsWith("protocol/") ? find(SOCKET, key).or(() -> own) : own);
    }

    private static boolean matches(String pattern, String key) {
        int star = pattern.indexOf('*');
        return star < 0
                ? pattern.equals(key)
                : key.startsWith(pattern.substring(0, star)) && key.endsWith(pattern.substring(star + 1));
    }

    private static List<Fact> read() {
        try (InputStream in = GlusterFacts.class.getResourceAsStream("/glusterfs-10.3-options.tsv")) {
            var facts = new ArrayList<Fact>();
            for (String line : new String(Objects.requireNonNull(in).readAllBytes(), UTF_8)
                    .lines()
                    .toList()) {
                if (!line.startsWith("#")) {
                    String[] cells = line.split("\t", -1);
                    facts.add(new Fact(
                            cells[0], List.of(cells[1].split(",", -1)), cells[2], number(cells[3]), number(cells[4])));
                }
            }
            return facts;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long number(String cell) {
        return cell.equals("inf") ? Long.MAX_VALUE : Long.parseLong(cell);
    }
}
