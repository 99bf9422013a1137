package io.sagara.agent.pool;

import io.sagara.spi.Brick;
import io.sagara.spi.Layout;
import io.sagara.spi.Pool;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import io.sagara.spi.Volfile;
import io.sagara.spi.Volfiles;
import io.sagara.volfile.Graph;
import io.sagara.volfile.VolfileException;
import io.sagara.volfile.option.Catalogue;
import io.sagara.volfile.stack.BrickAddress;
import io.sagara.volfile.stack.BrickHome;
import io.sagara.volfile.stack.BrickStack;
import io.sagara.volfile.stack.ClientStack;
import io.sagara.volfile.stack.HealStack;
import io.sagara.volfile.stack.PoolShape;
import io.sagara.volfile.stack.QuotaStack;
import io.sagara.volfile.stack.RebalanceStack;
import io.sagara.volfile.stack.SetLayout;
import io.sagara.volfile.stack.Tls;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Sagara's own graphs. Bricks listen at their own address only, and answer the addresses of the pool's nodes
/// only. Connections to bricks come from the address of this node by which they know it, also where the kernel
/// would choose another of its addresses.
public final class NativeVolfiles implements Volfiles {
    private final Optional<String> source;

    /// `address`: of this node.
    public NativeVolfiles(String address) {
        // GlusterFS takes IPv4 addresses only here; with IPv6 the kernel chooses
        source = Optional.of(address).filter(text -> InetAddress.ofLiteral(text) instanceof Inet4Address);
    }

    @Override
    public Volfile brick(Pool pool, Brick brick, Path directory, int sharing) {
        return checked(pool, () -> {
            List<String> nodes = Stream.concat(pool.bricks().stream().map(Brick::address), pool.clients().stream())
                    .distinct()
                    .toList();
            BrickHome home = new BrickHome(directory, brick.address(), nodes, sharing);
            return file(
                    pool.name() + ".brick-" + brick.index(), BrickStack.brick(shape(pool), address(pool, brick), home));
        });
    }

    @Override
    public Volfile client(Pool pool) {
        return checked(pool, () -> file(pool.name().value(), ClientStack.graph(shape(pool))));
    }

    @Override
    public Volfile management(Pool pool) {
        return checked(pool, () -> file(pool.name() + ".management", ClientStack.forgetful(shape(pool))));
    }

    @Override
    public Optional<Volfile> selfHeal(Pool pool) {
        return checked(pool, () -> HealStack.graph(shape(pool)).map(graph -> file("shd/" + pool.name(), graph)));
    }

    @Override
    public Optional<Volfile> quota(Pool pool) {
        return checked(
                pool, () -> QuotaStack.graph(List.of(shape(pool))).map(graph -> file("quotad/" + pool.name(), graph)));
    }

    @Override
    public Optional<Volfile> rebalance(Pool pool) {
        return checked(pool, () -> Optional.of(file("rebalance/" + pool.name(), RebalanceStack.graph(shape(pool)))));
    }

    private static Volfile file(String id, Graph graph) {
        return new Volfile(id, graph.text());
    }

    private PoolShape shape(Pool pool) {
        return new PoolShape(
                pool.name().value(),
                pool.id(),
                layout(pool),
                pool.bricks().stream().map(brick -> address(pool, brick)).toList(),
                pool.quota(),
                Catalogue.settings(pool.options()),
                source,
                pool.tls().map(tls -> new Tls(tls.authorities(), tls.identity(), tls.allowed())),
                pool.sets().entrySet().stream()
                        .filter(set -> set.getValue().getFirst().leaving())
                        .map(Map.Entry::getKey)
                        .collect(Collectors.toSet()));
    }

    private static BrickAddress address(Pool pool, Brick brick) {
        return new BrickAddress(brick.index(), pool.brickName(brick), brick.address(), brick.port());
    }

    private static SetLayout layout(Pool pool) {
        return switch (pool.layout()) {
            case Layout.Replica1() -> new SetLayout.Replica1();
            case Layout.Replica2() -> new SetLayout.Replica2();
            case Layout.Replica3() -> new SetLayout.Replica3();
            case Layout.Arbiter() -> new SetLayout.Arbiter();
            case Layout.Disperse(int data, int redundancy) -> new SetLayout.Disperse(data, redundancy);
            case Layout.External _ ->
                throw new StorageException(
                        Problem.UNSUPPORTED,
                        "pool " + pool.name() + " is external: its graphs come from its own cluster, not from here");
        };
    }

    private static <T> T checked(Pool pool, Supplier<T> graph) {
        try {
            return graph.get();
        } catch (VolfileException e) {
            throw new StorageException(Problem.INVALID_ARGUMENT, "pool " + pool.name() + ": " + e.getMessage(), e);
        }
    }
}
