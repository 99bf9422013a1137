package io.sagara.agent.pool;

import io.sagara.api.v1.BrickSpec;
import io.sagara.api.v1.PoolSpec;
import io.sagara.api.v1.Tls;
import io.sagara.spi.Layout;
import io.sagara.spi.PoolName;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;

/// Decides what a pool shall be: what a user asks for, completed by what is already so. Pure but for `newId`.
///
/// What is on disk never changes: id, layout, order and identity of bricks. A request that would change it is
/// refused. Whole sets may be added at the end, and may leave: see [DeparturePlan].
final class PoolPlan {
    private final String node;
    private final String address;
    private final Supplier<UUID> newId;
    private final Path certificates;

    /// `node`: this one. `address`: of this agent, for bricks that name none. `newId`: makes ids that were
    /// never used. `certificates`: where those of pools with TLS are kept, a directory each.
    PoolPlan(String node, String address, Supplier<UUID> newId, Path certificates) {
        this.node = node;
        this.address = address;
        this.newId = newId;
        this.certificates = certificates;
    }

    /// The complete spec: every id and address filled in, ports kept where they were chosen before. Throws
    /// INVALID_ARGUMENT for a malformed request, or one that leaves open what agents of several nodes must know
    /// alike, and UNSUPPORTED or INVALID_ARGUMENT for a change that is not safe.
    PoolSpec complete(PoolSpec asked, Optional<PoolSpec> present) {
        PoolName name = new PoolName(asked.getName());
        refuseUnsupported(name, asked);
        if (present.isEmpty()) {
            refuseOpen(name, asked);
        }
        present.ifPresent(was -> refuseUnsafe(name, was, asked));
        PoolSpec.Builder planned = asked.toBuilder();
        if (asked.getId().isEmpty()) {
            planned.setId(
                    present.map(PoolSpec::getId).orElseGet(() -> newId.get().toString()));
        }
        if (asked.hasTls()) {
            refuseMalformed(name, asked.getTls());
            planned.getTlsBuilder()
                    .setDirectory(certificates.resolve(name.value()).toString());
        }
        planned.clearBricks();
        for (int i = 0; i < asked.getBricksCount(); i++) {
            int index = i;
            Optional<BrickSpec> was =
                    present.filter(spec -> index < spec.getBricksCount()).map(spec -> spec.getBricks(index));
            BrickSpec brick = complete(asked.getBricks(i), was);
            // only the agent says so, but for a pool that is taken up again from its description
            boolean retired = present.isEmpty()
                    ? brick.getRetired()
                    : was.filter(BrickSpec::getRetired).isPresent();
            planned.addBricks(brick.toBuilder().setRetired(retired));
        }
        PoolSpec complete = planned.build();
        // every rule of the values holds, or this throws
        PoolSpecs.pool(complete);
        DeparturePlan.refuse(
                name,
                present,
                complete,
                isAlone(complete),
                present.isEmpty() && asked.getId().isEmpty());
        present.ifPresent(was -> refuseOpenUnits(name, was.getBricksCount(), asked));
        return complete;
    }

    private BrickSpec complete(BrickSpec asked, Optional<BrickSpec> was) {
        BrickSpec.Builder brick = asked.toBuilder();
        if (asked.getNodeId().isEmpty()) {
            brick.setNodeId(
                    was.map(BrickSpec::getNodeId).orElseGet(() -> newId.get().toString()));
        }
        if (asked.getAddress().isEmpty()) {
            brick.setAddress(was.map(BrickSpec::getAddress).orElse(address));
        }
        if (asked.getPort() == 0) {
            brick.setPort(was.map(BrickSpec::getPort).orElse(0));
        }
        return brick.build();
    }

    /// What each agent chose for itself would differ from node to node.
    private void refuseOpen(PoolName name, PoolSpec asked) {
        if (isHere(asked)) {
            return;
        }
        refuseEmpty(name, "volume_id", asked.getId());
        refuseOpenUnits(name, 0, asked);
    }

    private void refuseOpenUnits(PoolName name, int from, PoolSpec asked) {
        if (isHere(asked)) {
            return;
        }
        for (int i = from; i < asked.getBricksCount(); i++) {
            BrickSpec brick = asked.getBricks(i);
            refuseEmpty(name, "node_id of unit " + i, brick.getNodeId());
            refuseEmpty(name, "address of unit " + i, brick.getAddress());
            refuseEmpty(name, "port of unit " + i, brick.getPort() == 0 ? "" : "chosen");
        }
    }

    /// Whether no other agent has to do with the pool.
    private boolean isHere(PoolSpec asked) {
        return asked.getClientsList().isEmpty()
                && asked.getBricksList().stream()
                        .allMatch(brick -> brick.getNode().equals(node));
    }

    /// Whether all bricks are here, and so is all that may connect to them.
    private boolean isAlone(PoolSpec complete) {
        List<String> addresses =
                complete.getBricksList().stream().map(BrickSpec::getAddress).toList();
        return complete.getBricksList().stream()
                        .allMatch(brick -> brick.getNode().equals(node))
                && addresses.containsAll(complete.getClientsList());
    }

    private void refuseEmpty(PoolName name, String field, String value) {
        if (value.isEmpty()) {
            throw new StorageException(
                    Problem.INVALID_ARGUMENT,
                    "pool " + name + ": " + field + " is missing; a pool of several nodes needs every id, address and"
                            + " port, the same on all of them (this is node " + node + ")");
        }
    }

    /// What this version cannot serve safely is said, never ignored: a pool without its tiebreaker would lose
    /// data.
    private static void refuseUnsupported(PoolName name, PoolSpec asked) {
        // an unknown layout is malformed, a known one only not served yet
        if (PoolSpecs.layout(asked) instanceof Layout.External && asked.getSingleVolume()) {
            unsupported(name, "single_pv_per_pool in an External pool", "leave it out and give the volume a size");
        }
        if (asked.hasTiebreaker()) {
            unsupported(name, "tiebreaker", "leave it out, or use Arbiter");
        }
    }

    private static void refuseMalformed(PoolName name, Tls tls) {
        List<String> files = List.of(tls.getCa(), tls.getCertificate(), tls.getKey());
        boolean all = files.stream().allMatch(file -> file.startsWith("/"));
        boolean none = files.stream().allMatch(String::isEmpty);
        if (tls.getSecretName().isEmpty() ? !all : !none) {
            throw new StorageException(
                    Problem.INVALID_ARGUMENT,
                    "pool " + name + ": tls needs the absolute paths of ca, certificate and key, or a Secret and no"
                            + " paths");
        }
    }

    private static void unsupported(PoolName name, String what, String remedy) {
        throw new StorageException(
                Problem.UNSUPPORTED, "pool " + name + ": this version cannot serve " + what + "; " + remedy);
    }

    private static void refuseUnsafe(PoolName name, PoolSpec was, PoolSpec asked) {
        if (was.hasTls() != asked.hasTls()) {
            throw new StorageException(
                    Problem.UNSUPPORTED,
                    "pool " + name + " was made " + (was.hasTls() ? "with" : "without")
                            + " TLS, and what runs cannot change that; leave 'tls' as it was, or make a new pool");
        }
        refuse(name, "type", was.getLayout(), asked.getLayout());
        refuse(name, "disperse.data", was.getDisperseData(), asked.getDisperseData());
        refuse(name, "disperse.redundancy", was.getDisperseRedundancy(), asked.getDisperseRedundancy());
        refuse(name, "single_pv_per_pool", was.getSingleVolume(), asked.getSingleVolume());
        if (!asked.getId().isEmpty()) {
            refuse(name, "volume_id", was.getId(), asked.getId());
        }
        refuse(name, "gluster_volname", volume(was), volume(asked));
        refuse(name, "gluster_options", options(was), options(asked));
        int bricks = Math.min(was.getBricksCount(), asked.getBricksCount());
        for (int i = 0; i < bricks; i++) {
            refuse(name, "storage unit " + i, unit(was.getBricks(i)), unit(asked.getBricks(i)));
            if (!asked.getBricks(i).getNodeId().isEmpty()) {
                refuse(
                        name,
                        "node_id of unit " + i,
                        was.getBricks(i).getNodeId(),
                        asked.getBricks(i).getNodeId());
            }
        }
        if (asked.getBricksCount() < was.getBricksCount()) {
            throw new StorageException(
                    Problem.UNSUPPORTED,
                    "pool " + name + " has " + was.getBricksCount() + " storage units and the request "
                            + asked.getBricksCount() + "; units of a living pool keep their places: put"
                            + " them back, with 'decommissioned: true' where they are to leave");
        }
    }

    private static String volume(PoolSpec spec) {
        return spec.getExternal().getVolume();
    }

    private static String options(PoolSpec spec) {
        return spec.getExternal().getMountOptions();
    }

    private static String unit(BrickSpec brick) {
        return brick.getType() + " " + brick.getSource() + " on " + brick.getNode();
    }

    private static void refuse(PoolName name, String field, Object was, Object asked) {
        if (!was.equals(asked)) {
            throw new StorageException(
                    Problem.INVALID_ARGUMENT,
                    "pool " + name + ": " + field + " is " + was + " and cannot become " + asked
                            + ", because data on disk depends on it; keep it, or make a new pool");
        }
    }
}
