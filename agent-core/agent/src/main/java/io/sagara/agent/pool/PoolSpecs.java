package io.sagara.agent.pool;

import io.sagara.agent.tls.PoolCertificates;
import io.sagara.api.v1.BrickSpec;
import io.sagara.api.v1.LayoutType;
import io.sagara.api.v1.PoolSpec;
import io.sagara.spi.Brick;
import io.sagara.spi.ExternalVolume;
import io.sagara.spi.Layout;
import io.sagara.spi.Pool;
import io.sagara.spi.PoolName;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import io.sagara.spi.StorageUnit;
import io.sagara.spi.Tls;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// Between the message of the API and the values of the SPI. A complete spec is one with every id filled in.
final class PoolSpecs {
    private PoolSpecs() {}

    /// The pool a complete spec describes. Throws INVALID_ARGUMENT, naming the field, for anything malformed.
    static Pool pool(PoolSpec spec) {
        PoolName name = new PoolName(spec.getName());
        List<Brick> bricks = new ArrayList<>();
        List<Brick> gone = new ArrayList<>();
        for (int i = 0; i < spec.getBricksCount(); i++) {
            (spec.getBricks(i).getRetired() ? gone : bricks).add(brick(name, i, spec.getBricks(i)));
        }
        return new Pool(
                name,
                uuid(spec.getId(), "pool " + name + ": volume_id"),
                layout(spec),
                bricks,
                spec.getOptionsMap(),
                !spec.getSingleVolume(),
                spec.getClientsList(),
                tls(spec),
                gone);
    }

    private static Optional<Tls> tls(PoolSpec spec) {
        if (!spec.hasTls()) {
            return Optional.empty();
        }
        Path directory = Path.of(spec.getTls().getDirectory());
        return Optional.of(new Tls(
                directory.resolve(PoolCertificates.AUTHORITIES),
                directory.resolve(PoolCertificates.IDENTITY),
                spec.getTls().getAllowedNamesList(),
                spec.getTls().getManagement()));
    }

    static Layout layout(PoolSpec spec) {
        return switch (spec.getLayout()) {
            case REPLICA1 -> new Layout.Replica1();
            case REPLICA2 -> new Layout.Replica2();
            case REPLICA3 -> new Layout.Replica3();
            case ARBITER -> new Layout.Arbiter();
            case DISPERSE -> new Layout.Disperse(spec.getDisperseData(), spec.getDisperseRedundancy());
            case EXTERNAL -> new Layout.External(external(spec));
            case LAYOUT_TYPE_UNSPECIFIED, UNRECOGNIZED ->
                throw new StorageException(
                        Problem.INVALID_ARGUMENT,
                        "pool " + spec.getName() + ": the layout is missing or unknown to this agent; use one of "
                                + "REPLICA1, REPLICA2, REPLICA3, ARBITER, DISPERSE, EXTERNAL");
        };
    }

    private static ExternalVolume external(PoolSpec spec) {
        io.sagara.api.v1.ExternalVolume asked = spec.getExternal();
        try {
            return new ExternalVolume(
                    asked.getHostsList(),
                    asked.getPort() == 0 ? ExternalVolume.DEFAULT_PORT : asked.getPort(),
                    asked.getVolume(),
                    asked.getMountOptions());
        } catch (StorageException e) {
            throw new StorageException(e.problem(), "pool " + spec.getName() + ": " + e.getMessage(), e);
        }
    }

    static LayoutType layoutType(Layout layout) {
        return switch (layout) {
            case Layout.Replica1() -> LayoutType.REPLICA1;
            case Layout.Replica2() -> LayoutType.REPLICA2;
            case Layout.Replica3() -> LayoutType.REPLICA3;
            case Layout.Arbiter() -> LayoutType.ARBITER;
            case Layout.Disperse(int _, int _) -> LayoutType.DISPERSE;
            case Layout.External _ -> LayoutType.EXTERNAL;
        };
    }

    private static Brick brick(PoolName pool, int index, BrickSpec spec) {
        StorageUnit unit = new StorageUnit(spec.getNode(), spec.getType(), spec.getSource(), spec.getUnitOptionsMap());
        UUID nodeId = uuid(spec.getNodeId(), "pool " + pool + ", unit " + index + ": node_id");
        return new Brick(index, unit, nodeId, spec.getAddress(), spec.getPort(), spec.getDecommissioned());
    }

    static UUID uuid(String text, String field) {
        try {
            UUID id = UUID.fromString(text);
            if (id.toString().equalsIgnoreCase(text)) {
                return id;
            }
        } catch (IllegalArgumentException e) {
            throw new StorageException(
                    Problem.INVALID_ARGUMENT, field + " '" + text + "' is no UUID; leave it out to get a new one", e);
        }
        throw new StorageException(
                Problem.INVALID_ARGUMENT,
                field + " '" + text
                        + "' is no full UUID (8-4-4-4-12 hexadecimal digits); leave it out to get a new one");
    }
}
