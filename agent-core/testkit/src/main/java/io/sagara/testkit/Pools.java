package io.sagara.testkit;

import io.sagara.spi.Brick;
import io.sagara.spi.Layout;
import io.sagara.spi.Pool;
import io.sagara.spi.PoolName;
import io.sagara.spi.StorageUnit;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/// Pools to test with. Ids follow from the names, so equal calls give equal pools. All are on one node, with
/// quota and without options.
public final class Pools {
    private static final UUID NODE = UUID.fromString("5a9a7a00-0000-4000-8000-000000000001");

    private Pools() {}

    /// A pool whose bricks are these units, in this order. Throws INVALID_ARGUMENT where the layout cannot use
    /// so many.
    public static Pool of(Layout layout, String name, StorageUnit... units) {
        List<Brick> bricks = new ArrayList<>();
        for (StorageUnit unit : units) {
            bricks.add(new Brick(bricks.size(), unit, NODE, "127.0.0.1", 0));
        }
        UUID id = UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8));
        return new Pool(new PoolName(name), id, layout, bricks, Map.of(), true);
    }

    /// Every file on one of these units.
    public static Pool replica1(String name, StorageUnit... units) {
        return of(new Layout.Replica1(), name, units);
    }

    /// The same pool with other options.
    public static Pool withOptions(Pool pool, Map<String, String> options) {
        return new Pool(pool.name(), pool.id(), pool.layout(), pool.bricks(), options, pool.quota());
    }

    /// The same pool, with volumes that have no limit.
    public static Pool withoutQuota(Pool pool) {
        return pool.unlimited();
    }
}
