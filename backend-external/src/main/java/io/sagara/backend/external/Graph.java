package io.sagara.backend.external;

import io.sagara.spi.Tls;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// A graph that glusterd has handed out; the last translator is the top.
record Graph(List<Translator> translators) {
    /// How many certificates may stand between one and its authority.
    private static final String DEPTH = "4";

    /// Copies the list.
    Graph {
        translators = List.copyOf(translators);
    }

    /// Reads GlusterFS' syntax as glusterd writes it: one statement a line. Throws [IllegalArgumentException]
    /// for anything else, and for a translator that stands on one which is not defined before it.
    static Graph parse(String text) {
        Map<String, Translator> read = new LinkedHashMap<>();
        List<String> lines = new ArrayList<>();
        for (String raw : text.lines().map(String::strip).toList()) {
            if (raw.isEmpty() || raw.startsWith("#")) {
                continue;
            }
            if (raw.equals("end-volume")) {
                Translator next = translator(lines);
                if (!read.keySet().containsAll(next.below()) || read.putIfAbsent(next.name(), next) != null) {
                    throw new IllegalArgumentException("translator " + next.name() + " is out of place");
                }
                lines.clear();
            } else {
                lines.add(raw);
            }
        }
        if (read.isEmpty() || !lines.isEmpty()) {
            throw new IllegalArgumentException("the graph is cut off");
        }
        return new Graph(List.copyOf(read.values()));
    }

    private static Translator translator(List<String> lines) {
        String name = "";
        String type = "";
        Map<String, String> options = new LinkedHashMap<>();
        List<String> below = List.of();
        for (String line : lines) {
            List<String> words = List.of(line.split("\\s+", 2));
            String rest = words.size() == 2 ? words.get(1) : "";
            switch (words.getFirst()) {
                case "volume" -> name = rest;
                case "type" -> type = rest;
                case "subvolumes" -> below = List.of(rest.split("\\s+", -1));
                case "option" -> {
                    List<String> option = List.of(rest.split("\\s+", 2));
                    options.put(option.getFirst(), option.size() == 2 ? option.get(1) : "");
                }
                default -> throw new IllegalArgumentException("the line '" + line + "' belongs to no graph");
            }
        }
        if (name.isEmpty() || type.isEmpty()) {
            throw new IllegalArgumentException("a translator has no name or no type");
        }
        return new Translator(name, type, options, below);
    }

    /// For mounts: as its owner made it, but that distribute looks a name up everywhere. With its default,
    /// names vanish for a while when the volume has grown.
    Graph forMounts() {
        return new Graph(translators.stream()
                .map(each ->
                        each.type().equals("cluster/distribute") ? each.withDefault("lookup-optimize", "off") : each)
                .toList());
    }

    /// Whether the servers of its bricks ask for TLS.
    boolean secure() {
        return bricks().stream()
                .anyMatch(brick ->
                        brick.option("transport.socket.ssl-enabled", "off").matches("on|true|yes|1|enable"));
    }

    /// With this node's certificates, whatever files its owner has chosen for the servers.
    Graph showing(Tls tls) {
        return new Graph(translators.stream()
                .map(each -> each.type().equals("protocol/client")
                        ? each.with(
                                        "transport.socket.ssl-own-cert",
                                        tls.identity().toString())
                                .with(
                                        "transport.socket.ssl-private-key",
                                        tls.identity().toString())
                                .with(
                                        "transport.socket.ssl-ca-list",
                                        tls.authorities().toString())
                                .with("transport.socket.ssl-cert-depth", DEPTH)
                        : each)
                .toList());
    }

    /// Without the layers that answer from what they have read before: agents of several nodes write one
    /// database.
    Graph forgetful() {
        Map<String, String> replaced = new HashMap<>();
        List<Translator> kept = new ArrayList<>();
        for (Translator each : forMounts().translators) {
            List<String> below = each.below().stream()
                    .map(name -> replaced.getOrDefault(name, name))
                    .toList();
            if (each.type().startsWith("performance/") && below.size() == 1) {
                replaced.put(each.name(), below.getFirst());
            } else {
                kept.add(each.standingOn(below));
            }
        }
        return new Graph(kept);
    }

    /// The clients of the volume's bricks, in their order.
    List<Translator> bricks() {
        return translators.stream().filter(each -> each.brick().isPresent()).toList();
    }

    Optional<Translator> first(String type) {
        return translators.stream().filter(each -> each.type().equals(type)).findFirst();
    }

    /// Bricks that hold the same files. `bricks`: their places. `needed`: how many must be connected.
    record BrickSet(List<Integer> bricks, int needed) {
        boolean enough(Map<Integer, Boolean> connected) {
            return bricks.stream()
                            .filter(brick -> connected.getOrDefault(brick, false))
                            .count()
                    >= needed;
        }
    }

    /// All sets; every brick is in one.
    List<BrickSet> sets() {
        Map<String, Translator> byName = new HashMap<>();
        translators.forEach(each -> byName.put(each.name(), each));
        List<BrickSet> sets = new ArrayList<>();
        collect(translators.getLast(), byName, sets);
        return sets;
    }

    private static void collect(Translator from, Map<String, Translator> byName, List<BrickSet> sets) {
        List<Integer> below = from.below().stream()
                .map(name -> Objects.requireNonNull(byName.get(name)))
                .flatMap(each -> each.brick().stream().boxed())
                .toList();
        switch (from.type()) {
            case "cluster/replicate" -> sets.add(new BrickSet(below, copies(from, below.size())));
            case "cluster/disperse" -> sets.add(new BrickSet(below, below.size() - number(from, "redundancy", 0)));
            default -> {
                below.forEach(brick -> sets.add(new BrickSet(List.of(brick), 1)));
                from.below().stream()
                        .map(name -> Objects.requireNonNull(byName.get(name)))
                        .filter(each -> each.brick().isEmpty())
                        .forEach(each -> collect(each, byName, sets));
            }
        }
    }

    /// How many copies must be there so that files can be written: AFR's rule.
    private static int copies(Translator replicate, int bricks) {
        String rule = replicate.option("quorum-type", bricks > 2 ? "auto" : "none");
        return switch (rule) {
            case "fixed" -> number(replicate, "quorum-count", 1);
            case "auto" -> bricks > 2 ? bricks / 2 + 1 : 1;
            default -> 1;
        };
    }

    private static int number(Translator from, String option, int otherwise) {
        try {
            return Integer.parseInt(from.option(option, Integer.toString(otherwise)));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("option " + option + " of " + from.name() + " is no number", e);
        }
    }

    String text() {
        StringBuilder text = new StringBuilder();
        translators.forEach(each -> each.write(text));
        return text.toString();
    }
}
