package io.sagara.volfile;

import io.sagara.volfile.Replicate.Tiebreaker;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/// Builds any graph from a list of choices; the shorter the list, the simpler the graph.
final class Graphs {
    private static final List<String> NAMES = List.of(
            "p-client",
            "volume",
            "type",
            "Option",
            "end-volume",
            "subvolumes",
            "#1",
            "/bricks/p/0",
            "a#b",
            "späť",
            "-",
            "1");
    private static final List<String> VALUES =
            List.of("on", "a b", "#x", "option", " ", "END-VOLUME", "10%", "a,b", "漢字", "x\u2028y", "'");
    private static final List<String> ADDRESSES = List.of("10.0.0.1", "fd00::1", "node-1", "0.0.0.0", "::");

    private final Iterator<Integer> choices;
    private final List<Translator> made = new ArrayList<>();
    private final Set<String> names = new LinkedHashSet<>();
    private final Set<Translator> unused = new LinkedHashSet<>();

    Graphs(List<Integer> choices) {
        this.choices = choices.iterator();
    }

    Graph graph() {
        int count = choose(16);
        for (int i = 0; i < count; i++) {
            add(choose(3) == 0 ? leaf() : inner(picked()));
        }
        if (unused.isEmpty()) {
            add(leaf());
        }
        return new Graph(unused.size() == 1 ? unused.iterator().next() : inner(List.copyOf(unused)));
    }

    private void add(Translator translator) {
        made.add(translator);
        unused.add(translator);
        translator.below().forEach(unused::remove);
    }

    private Translator leaf() {
        return switch (choose(3)) {
            case 0 -> new Layer(name(), "debug/sink", Map.of("k", pick(VALUES)), List.of());
            case 1 -> new Client(name(), pick(ADDRESSES), 1 + choose(65_535), "/bricks/" + choose(9), settings());
            default -> new Posix(name(), Path.of("/data", pick(VALUES)), uuid(), 1 + choose(4), settings());
        };
    }

    private Translator inner(List<Translator> below) {
        return switch (choose(5)) {
            case 1 -> new Distribute(name(), below, settings());
            case 2 -> replicate(below);
            case 3 ->
                below.size() > 2
                        ? new Disperse(name(), 1 + choose((below.size() - 1) / 2), below, settings())
                        : layer(below);
            case 4 ->
                below.size() == 1
                        ? new Server(
                                name(), pick(ADDRESSES), 1 + choose(65_535), allowed(), below.getFirst(), settings())
                        : layer(below);
            default -> layer(below);
        };
    }

    private Translator replicate(List<Translator> below) {
        if (below.size() < 2) {
            return layer(below);
        }
        boolean thin = below.size() == 3 && below.getLast() instanceof Client && choose(2) == 1;
        Tiebreaker tiebreaker = thin
                ? new Tiebreaker.ThinArbiter((Client) below.getLast())
                : below.size() == 3 && choose(2) == 1 ? new Tiebreaker.Arbiter() : new Tiebreaker.None();
        return new Replicate(name(), uuid(), thin ? below.subList(0, 2) : below, tiebreaker, settings());
    }

    private Translator layer(List<Translator> below) {
        return new Layer(name(), "features/" + pick(NAMES), settings(), below);
    }

    /// Some of what was made, without repetition; a leaf where there is nothing yet.
    private List<Translator> picked() {
        if (made.isEmpty()) {
            add(leaf());
        }
        var picked = new LinkedHashSet<Translator>();
        int count = 1 + choose(8);
        for (int i = 0; i < count; i++) {
            picked.add(made.get(choose(made.size())));
        }
        return List.copyOf(picked);
    }

    private Map<String, String> settings() {
        var settings = new LinkedHashMap<String, String>();
        int count = choose(4);
        for (int i = 0; i < count; i++) {
            settings.put(pick(NAMES), pick(VALUES));
        }
        return settings;
    }

    private List<String> allowed() {
        return choose(2) == 0 ? List.of("*") : List.of("10.0.0.1", "10.1.*");
    }

    private String name() {
        String name = pick(NAMES);
        while (!names.add(name)) {
            name += "-" + names.size();
        }
        return name;
    }

    private UUID uuid() {
        return new UUID(choose(1 << 20), choose(1 << 20));
    }

    private <T> T pick(List<T> from) {
        return from.get(choose(from.size()));
    }

    private int choose(int bound) {
        return choices.hasNext() ? choices.next() % bound : 0;
    }
}
