package io.sagara.spi;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;

/// One GlusterFS volume that CSI volumes are made in.
///
/// `name`: unique on the node. `id`: its GlusterFS volume id, written on every brick. `layout`: how data is
/// spread. `bricks`: all that serve, in index order, local or not. `options`: GlusterFS options the user chose, as
/// `key=value` of `gluster volume set`. `quota`: whether volumes get a hard size limit; a pool with one volume
/// for itself needs none. `clients`: addresses of nodes that may connect to its bricks besides the nodes of the
/// bricks, in GlusterFS' patterns. `tls`: where connections are made with it.
public record Pool(
        PoolName name,
        UUID id,
        Layout layout,
        List<Brick> bricks,
        Map<String, String> options,
        boolean quota,
        List<String> clients,
        Optional<Tls> tls,
        List<Brick> gone) {
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

    /// A pool that no set has left.
    public Pool(
            PoolName name,
            UUID id,
            Layout layout,
            List<Brick> bricks,
            Map<String, String> options,
            boolean quota,
            List<String> clients,
            Optional<Tls> tls) {
        this(name, id, layout, bricks, options, quota, clients, tls, List.of());
    }

    /// Copies the collections and refuses a list of bricks the layout cannot use.
    public Pool {
        bricks = List.copyOf(bricks);
        gone = List.copyOf(gone);
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
        refuseDisorder(name, bricks, gone);
        refuseTornSets(name, set, bricks, gone);
    }

    private static void refuseDisorder(PoolName name, List<Brick> bricks, List<Brick> gone) {
        for (List<Brick> part : List.of(bricks, gone)) {
            for (int i = 1; i < part.size(); i++) {
                if (part.get(i).index() <= part.get(i - 1).index()) {
                    throw disorder(name, part.get(i).index(), i);
                }
            }
        }
        List<Brick> all = inOrder(bricks, gone);
        for (int i = 0; i < all.size(); i++) {
            if (all.get(i).index() != i) {
                throw disorder(name, all.get(i).index(), i);
            }
        }
    }

    private static StorageException disorder(PoolName name, int index, int place) {
        return new StorageException(
                Problem.INVALID_ARGUMENT,
                "pool " + name + ": brick " + index + " stands at place " + place
                        + "; bricks are listed in index order");
    }

    private static void refuseTornSets(PoolName name, int set, List<Brick> bricks, List<Brick> gone) {
        if (gone.stream().anyMatch(brick -> torn(brick, set, gone))
                || bricks.stream()
                        .anyMatch(brick -> brick.leaving()
                                != set(brick, set, bricks).getFirst().leaving())) {
            throw new StorageException(
                    Problem.INVALID_ARGUMENT,
                    "pool " + name + ": " + set + " units each hold the same files, so all of them leave or none");
        }
        if (!bricks.isEmpty() && bricks.stream().allMatch(Brick::leaving)) {
            throw new StorageException(
                    Problem.INVALID_ARGUMENT,
                    "pool " + name + ": its last set cannot leave, its files would have nowhere to go; remove the pool"
                            + " instead");
        }
    }

    private static boolean torn(Brick brick, int set, List<Brick> bricks) {
        return set(brick, set, bricks).size() != set;
    }

    private static List<Brick> set(Brick brick, int set, List<Brick> bricks) {
        return bricks.stream()
                .filter(other -> other.index() / set == brick.index() / set)
                .toList();
    }

    private static List<Brick> inOrder(List<Brick> bricks, List<Brick> gone) {
        return Stream.concat(bricks.stream(), gone.stream())
                .sorted(Comparator.comparingInt(Brick::index))
                .toList();
    }

    /// The brick with this index, where it serves.
    public Optional<Brick> brick(int index) {
        return bricks.stream().filter(brick -> brick.index() == index).findFirst();
    }

    /// Whether a set is to end, and its files are to move to the others.
    public boolean leaving() {
        return bricks.stream().anyMatch(Brick::leaving);
    }

    /// The bricks that hold the same files, by the number of their set, in order; empty where bricks are not
    /// ours. Numbers of sets that have left are missing.
    public Map<Integer, List<Brick>> sets() {
        Map<Integer, List<Brick>> sets = new TreeMap<>();
        for (Brick brick : bricks) {
            sets.computeIfAbsent(brick.index() / layout.setSize(), _ -> new ArrayList<>())
                    .add(brick);
        }
        return sets;
    }

    /// The type of the backend that makes what concerns the pool as a whole: that of its first unit.
    public String backend() {
        return layout instanceof Layout.External
                ? Layout.External.BACKEND
                : bricks.getFirst().unit().type();
    }

    /// The name by which clients address a brick on its server (GlusterFS: remote-subvolume). It does not
    /// depend on where the brick directory is mounted, so a unit may move without a change for clients.
    public String brickName(Brick brick) {
        return "/bricks/" + name + "/" + brick.index();
    }

    /// The GlusterFS identity of the server a brick is on: that of the first brick of the same node. All
    /// bricks of a node share it, so that one self-heal daemon and one rebalance process a node know which
    /// bricks are theirs. It stays when that brick has left: those that run keep what they were started with.
    public UUID server(Brick brick) {
        return inOrder(bricks, gone).stream()
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
