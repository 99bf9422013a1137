package io.sagara.volfile;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/// A replica set (AFR): every file on every brick of the set, except as [Tiebreaker] says.
///
/// `volumeId`: of the pool. `bricks`: at least two, in the pool's order, which is on disk for ever: the option
/// afr-pending-xattr is derived from their names. `settings`: further options of cluster/replicate.
public record Replicate(
        String name, UUID volumeId, List<Translator> bricks, Tiebreaker tiebreaker, Map<String, String> settings)
        implements Translator {
    static final String TYPE = "cluster/replicate";
    private static final String THIN = "thin-arbiter";
    private static final String ARBITERS = "arbiter-count";
    private static final Set<String> OWN = Set.of("afr-pending-xattr", "volume-id", ARBITERS, THIN);
    private static final int WITH_ARBITER = 3;
    private static final int WITH_THIN_ARBITER = 2;

    /// Who decides when copies disagree.
    public sealed interface Tiebreaker {
        /// The bricks themselves.
        record None() implements Tiebreaker {}

        /// The third brick, which holds names and attributes but no data.
        record Arbiter() implements Tiebreaker {}

        /// A brick outside of the set that holds one small file for it; used only when a copy fails.
        record ThinArbiter(Client client) implements Tiebreaker {}
    }

    /// Refuses fewer than two bricks, the same brick twice, and a tie-breaker that does not fit their number.
    public Replicate {
        name = Word.plain("the name of a translator", name);
        bricks = List.copyOf(bricks);
        if (bricks.size() < 2) {
            throw new VolfileException("'" + name + "' has " + bricks.size() + " brick; a replica set needs two");
        }
        long names = bricks.stream().map(Translator::name).distinct().count();
        if (names != bricks.size()) {
            throw new VolfileException("'" + name + "' has one brick twice: " + names(bricks));
        }
        int needed =
                switch (tiebreaker) {
                    case Tiebreaker.None _ -> bricks.size();
                    case Tiebreaker.Arbiter _ -> WITH_ARBITER;
                    case Tiebreaker.ThinArbiter _ -> WITH_THIN_ARBITER;
                };
        if (bricks.size() != needed) {
            throw new VolfileException(
                    "'" + name + "' has " + bricks.size() + " bricks; with its tie-breaker it needs " + needed);
        }
        settings = Word.settings(name, settings, OWN);
    }

    static Replicate from(Parser.Stanza stanza) {
        var bricks = new ArrayList<>(stanza.below());
        Tiebreaker tiebreaker =
                stanza.options().containsKey(ARBITERS) ? new Tiebreaker.Arbiter() : new Tiebreaker.None();
        if (stanza.options().containsKey(THIN)) {
            if (bricks.isEmpty() || !(bricks.removeLast() instanceof Client client)) {
                throw new VolfileException("the last subvolume is the thin arbiter and must be a protocol/client");
            }
            tiebreaker = new Tiebreaker.ThinArbiter(client);
        }
        return new Replicate(
                stanza.name(), UUID.fromString(stanza.option("volume-id")), bricks, tiebreaker, stanza.without(OWN));
    }

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public Map<String, String> options() {
        var derived = new LinkedHashMap<String, String>();
        derived.put("afr-pending-xattr", names(bricks));
        derived.put("volume-id", volumeId.toString());
        switch (tiebreaker) {
            case Tiebreaker.None _ -> {}
            case Tiebreaker.Arbiter _ -> derived.put(ARBITERS, "1");
            case Tiebreaker.ThinArbiter(Client client) -> {
                // the volume id keeps files of pools with equal names apart on a shared tie-breaker
                derived.merge("afr-pending-xattr", "," + client.name() + "." + volumeId, String::concat);
                derived.put(THIN, client.host() + ":" + client.brick());
            }
        }
        return Word.joined(derived, settings);
    }

    @Override
    public List<Translator> below() {
        var below = new ArrayList<>(bricks);
        if (tiebreaker instanceof Tiebreaker.ThinArbiter(Client client)) {
            below.add(client);
        }
        return List.copyOf(below);
    }

    private static String names(List<Translator> bricks) {
        return bricks.stream().map(Translator::name).collect(Collectors.joining(","));
    }
}
