package io.sagara.volfile.stack;

import io.sagara.volfile.Graph;
import io.sagara.volfile.option.Settings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;

/// Pools for tests.
public final class Pools {
    private static final UUID ID = UUID.fromString("29df5556-4016-5447-a075-9eb4b43a516d");
    private static final int PORT = 24100;

    private Pools() {}

    /// A pool that can be varied.
    public record Pool(PoolShape shape) {
        /// The same with options.
        public Pool with(Settings settings) {
            return new Pool(new PoolShape(
                    shape.name(), shape.volumeId(), shape.layout(), shape.bricks(), shape.quota(), settings));
        }

        /// The same with connections by TLS.
        public Pool with(Tls tls) {
            return new Pool(new PoolShape(
                    shape.name(),
                    shape.volumeId(),
                    shape.layout(),
                    shape.bricks(),
                    shape.quota(),
                    shape.settings(),
                    shape.source(),
                    Optional.of(tls)));
        }

        /// The same with sets of these numbers leaving.
        public Pool leaving(Integer... sets) {
            return shaped(shape.bricks(), Set.of(sets));
        }

        /// The same without sets of these numbers, which have left.
        public Pool without(Integer... sets) {
            List<Integer> gone = List.of(sets);
            return shaped(
                    shape.bricks().stream()
                            .filter(brick -> !gone.contains(
                                    brick.index() / shape.layout().setSize()))
                            .toList(),
                    Set.of());
        }

        private Pool shaped(List<BrickAddress> bricks, Set<Integer> leaving) {
            return new Pool(new PoolShape(
                    shape.name(),
                    shape.volumeId(),
                    shape.layout(),
                    bricks,
                    shape.quota(),
                    shape.settings(),
                    shape.source(),
                    shape.tls(),
                    leaving));
        }

        /// The same with quota or without.
        public Pool with(boolean quota) {
            return new Pool(new PoolShape(
                    shape.name(), shape.volumeId(), shape.layout(), shape.bricks(), quota, shape.settings()));
        }
    }

    /// One set of three copies, with quota.
    public static Pool replica3(String name) {
        return of(name, new SetLayout.Replica3(), 1);
    }

    /// Some sets, each brick on a node of its own, with quota.
    static Pool of(String name, SetLayout layout, int sets) {
        List<BrickAddress> bricks = IntStream.range(0, layout.setSize() * sets)
                .mapToObj(i -> new BrickAddress(i, "/bricks/" + name + "/" + i, "10.0.0." + (i + 1), PORT + i))
                .toList();
        return new Pool(new PoolShape(name, ID, layout, bricks, true, Settings.NONE));
    }

    /// Every graph of a pool.
    public static List<Graph> graphs(Pool pool, Path directory) {
        PoolShape shape = pool.shape();
        var graphs = new ArrayList<Graph>();
        for (BrickAddress brick : shape.bricks()) {
            graphs.add(BrickStack.brick(shape, brick, BrickHome.at(directory)));
        }
        if (shape.layout() instanceof SetLayout.ThinArbiter) {
            graphs.add(BrickStack.thinArbiter(shape, BrickHome.at(directory)));
        }
        graphs.add(ClientStack.graph(shape));
        graphs.add(RebalanceStack.graph(shape));
        HealStack.graph(shape).ifPresent(graphs::add);
        QuotaStack.graph(List.of(shape)).ifPresent(graphs::add);
        return graphs;
    }
}
