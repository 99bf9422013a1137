package io.sagara.agent.brick;

import io.sagara.spi.Brick;
import io.sagara.spi.Layout;
import io.sagara.spi.Pool;
import io.sagara.spi.PoolName;
import io.sagara.spi.StorageUnit;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;

/// Pools of one node; their ids follow from their names.
final class TestPools {
    private TestPools() {}

    /// Files spread over bricks at 127.0.0.1 from `port` on.
    static Pool replica1(String name, int bricks, int port) {
        UUID id = UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8));
        List<Brick> all = IntStream.range(0, bricks)
                .mapToObj(index -> new Brick(
                        index,
                        new StorageUnit("node", "path", "/unit/" + index, Map.of()),
                        UUID.nameUUIDFromBytes((name + index).getBytes(StandardCharsets.UTF_8)),
                        "127.0.0.1",
                        port + index))
                .toList();
        return new Pool(new PoolName(name), id, new Layout.Replica1(), all, Map.of(), false);
    }
}
