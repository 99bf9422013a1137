package io.sagara.volfile.stack;

import io.sagara.volfile.VolfileException;
import io.sagara.volfile.option.Settings;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;

/// All that the graphs of a pool depend on.
///
/// `name`: the pool's, part of the names of all translators and of attributes on disk. `volumeId`: on every
/// brick. `bricks`: all that serve, in index order, by whole sets; numbers of sets that have left are missing.
/// `quota`: whether volumes have limits; fixed when the pool is made (see
/// [BrickStack]). `settings`: what the user chose. `source`: the address of this node that connections to
/// bricks come from, where that matters: bricks know clients by it. `tls`: how connections are made, where not in
/// clear. `leaving`: numbers of sets whose files are to move to the others.
public record PoolShape(
        String name,
        UUID volumeId,
        SetLayout layout,
        List<BrickAddress> bricks,
        boolean quota,
        Settings settings,
        Optional<String> source,
        Optional<Tls> tls,
        Set<Integer> leaving) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_-]*");

    /// With connections from whatever address the kernel chooses.
    public PoolShape(
            String name, UUID volumeId, SetLayout layout, List<BrickAddress> bricks, boolean quota, Settings settings) {
        this(name, volumeId, layout, bricks, quota, settings, Optional.empty(), Optional.empty());
    }

    /// In clear.
    public PoolShape(
            String name,
            UUID volumeId,
            SetLayout layout,
            List<BrickAddress> bricks,
            boolean quota,
            Settings settings,
            Optional<String> source) {
        this(name, volumeId, layout, bricks, quota, settings, source, Optional.empty());
    }

    /// With all sets.
    public PoolShape(
            String name,
            UUID volumeId,
            SetLayout layout,
            List<BrickAddress> bricks,
            boolean quota,
            Settings settings,
            Optional<String> source,
            Optional<Tls> tls) {
        this(name, volumeId, layout, bricks, quota, settings, source, tls, Set.of());
    }

    /// Refuses a name with other characters, and bricks that are out of order, that the layout cannot use, or
    /// of which two have one name.
    public PoolShape {
        if (!NAME.matcher(name).matches()) {
            throw new VolfileException(
                    "'" + name + "' is no name for a pool; use letters, digits, '-' and '_', the first no hyphen");
        }
        bricks = List.copyOf(bricks);
        int set = layout.setSize();
        if (bricks.isEmpty() || bricks.size() % set != 0) {
            throw new VolfileException(
                    "pool " + name + " has " + bricks.size() + " bricks; its layout needs a multiple of " + set);
        }
        for (int i = 0; i < bricks.size(); i++) {
            int index = bricks.get(i).index();
            int before = i == 0 ? -1 : bricks.get(i - 1).index();
            boolean follows = i % set == 0 ? index % set == 0 && index > before : index == before + 1;
            if (!follows) {
                throw new VolfileException("pool " + name + ": brick "
                        + bricks.get(i).index() + " stands at place " + i
                        + "; bricks are listed in index order, by whole sets");
            }
        }
        leaving = Set.copyOf(leaving);
        if (!Sets.numbers(bricks, set).containsAll(leaving) || leaving.size() >= bricks.size() / set) {
            throw new VolfileException("pool " + name + ": of its sets " + Sets.numbers(bricks, set) + " those of "
                    + leaving + " cannot leave; name sets that are there, and leave one");
        }
        if (bricks.stream().map(BrickAddress::name).distinct().count() != bricks.size()) {
            throw new VolfileException("pool " + name + " has two bricks with one name");
        }
    }

    /// The name of a translator of this pool.
    String name(String suffix) {
        return name + "-" + suffix;
    }
}
