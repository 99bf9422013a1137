package io.sagara.spi;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// One GlusterFS volume that CSI volumes are made in.
///
/// `name`: unique on the node. `id`: its GlusterFS volume id, written on every brick. `layout`: how data is
/// spread. `bricks`: all of them, in index order, local or not. `options`: GlusterFS options the user chose, as
/// `key=value` of `gluster volume set`. `quota`: whether volumes get a hard size limit; a pool with one volume
/// for itself needs none. `clients`: addresses of nodes that may connect to its bricks besides the nodes of the
/// bricks, in GlusterFS' patterns. `tls`: where connections are made with it. `tiebreaker`: of Replica2 only.
public record Pool(
        PoolName name,
        UUID id,
        Layout layout,
        List<Brick> bricks,
        Map<String, String> options,
        boolean quota,
        List<String> clients,
        Optional<Tls> tls,
        Optional<Tiebreaker> tiebreaker) {
    /// A pool that only the nodes of its bricks mount.
    public Pool(PoolName name, UUID id, Layout layout, List<Brick> bricks, Map<String, String> options, boolean quota) {
        this(name, id, layout, bricks, options, quota, List.of());
    }

    /// A pool whose connections are in clear.
    public Pool(
            PoolName name,
            UUID id,
            Layout layout,
            List<Brick> bricks,
            Map<String, String> options,
            boolean quota,
            List<String> clients) {
        this(name, id, layout, bricks, options, quota, clients, Optional.empty());
    }

    /// A pool without tiebreaker.
    public Pool(
            PoolName name,
            UUID id,
            Layout layout,
            List<Brick> bricks,
            Map<String, String> options,
            boolean quota,
            List<String> clients,
            Optional<Tls> tls) {
        this(name, id, layout, bricks, options, quota, clients, tls, Optional.empty());
    }

    /// Copies the collections, and refuses a list of bricks the layout cannot use and a tiebreaker that has no say.
    public Pool {
        bricks = List.copyOf(bricks);
        clients = List.copyOf(clients);
        options = Map.copyOf(options);
        int set = layout.setSize();
        boolean fits = set == 0 ? bricks.isEmpty() : !bricks.isEmpty() && bricks.size() % set == 0;
        if (!fits) {
            throw new StorageException(
                    Problem.INVALID_ARGUMENT,
                    "pool " + name + ": " + layout.getClass().getSimpleName() + " needs a multiple of " + set
                            + " storage units, it has " + bricks.size());
        }
        if (tiebreaker.isPresent() && !(layout instanceof Layout.Replica2)) {
            throw new StorageException(
                    Problem.INVALID_ARGUMENT,
                    "pool " + name + ": only Replica2 can have a tiebreaker; leave it out, or use Replica2");
        }
        for (int i = 0; i < bricks.size(); i++) {
            if (bricks.get(i).index() != i) {
                throw new StorageException(
                        Problem.INVALID_ARGUMENT,
                        "pool " + name + ": brick " + bricks.get(i).index() + " stands at place " + i
                                + "; bricks are listed in index order");
            }
        }
    }

    /// The type of the backend that makes what concerns the pool as a whole: that of its first unit.
    public String backend() {
        return layout instanceof Layout.External
                ? Layout.External.BACKEND
                : bricks.getFirst().unit().type();
    }

    /// The name by which clients address a brick on its server (GlusterFS: remote-subvolume). It does not
    /// depend on where the brick directory is mounted, so a unit may move without a change for clients. A
    /// tiebreaker of somebody else has the name of its directory, as GlusterFS' own set-up gives it.
    public String brickName(Brick brick) {
        if (brick.index() != Tiebreaker.INDEX) {
            return "/bricks/" + name + "/" + brick.index();
        }
        boolean served = tiebreaker.map(Tiebreaker::served).orElse(true);
        return served ? "/bricks/" + name + "/tiebreaker" : brick.unit().source();
    }

    /// Whether every set has what it needs. `serving`: by index, whether a brick, or the tiebreaker, can be reached;
    /// one that is not in it counts as there, where it is the tiebreaker.
    public boolean enough(Map<Integer, Boolean> serving) {
        Map<Integer, Boolean> ofSets = new HashMap<>(serving);
        Boolean third = ofSets.remove(Tiebreaker.INDEX);
        boolean alone = tiebreaker.isPresent() && Boolean.FALSE.equals(third);
        // without its tiebreaker a copy that is left does not know whether it is the good one
        return layout.enough(ofSets) && (!alone || ofSets.values().stream().allMatch(serves -> serves));
    }

    /// The same, where it is known whether the tiebreaker answers.
    public Pool withTiebreakerAway(boolean away) {
        return new Pool(
                name, id, layout, bricks, options, quota, clients, tls, tiebreaker.map(third -> third.withAway(away)));
    }

    /// The GlusterFS identity of the server a brick is on: that of the first brick of the same node. All
    /// bricks of a node share it, so that one self-heal daemon and one rebalance process a node know which
    /// bricks are theirs.
    public UUID server(Brick brick) {
        return bricks.stream()
                .filter(other -> other.unit().node().equals(brick.unit().node()))
                .findFirst()
                .orElse(brick)
                .nodeId();
    }

    /// The name of the client translator of a brick, which AFR writes into attributes on disk.
    public String clientName(Brick brick) {
        return name + "-client-" + brick.index();
    }
}
