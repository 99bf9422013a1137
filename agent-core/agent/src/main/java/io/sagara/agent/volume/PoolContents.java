package io.sagara.agent.volume;

import io.sagara.spi.Bytes;
import io.sagara.spi.Provisioning;
import io.sagara.spi.Volume;
import io.sagara.spi.VolumeName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// All that one look at a pool has found. `leftovers`: names of what a crash has left, or a call has not
/// finished. `broken`: sentences that name volumes which cannot be read.
record PoolContents(
        Map<VolumeName, Volume> volumes,
        Map<VolumeName, Volume> archived,
        Set<VolumeName> leftovers,
        List<String> broken) {
    /// Looks. For [PoolAccess#work]. Throws UNAVAILABLE where it could not look at all of it.
    static PoolContents of(PoolAccess access) {
        PoolContents found = new PoolContents(new HashMap<>(), new HashMap<>(), new HashSet<>(), new ArrayList<>());
        // before, because a listing without a brick is one without its volumes; and after, because it may have gone
        access.requireWhole();
        access.provisioning().inspect(access.mount(), new Provisioning.Findings() {
            @Override
            public void volume(Volume volume) {
                found.volumes().put(volume.name(), volume);
            }

            @Override
            public void archived(Volume volume) {
                found.archived().put(volume.name(), volume);
            }

            @Override
            public void leftover(VolumeName name) {
                found.leftovers().add(name);
            }

            @Override
            public void broken(String sentence) {
                found.broken().add(sentence);
            }
        });
        access.requireWhole();
        return new PoolContents(
                Map.copyOf(found.volumes()),
                Map.copyOf(found.archived()),
                Set.copyOf(found.leftovers()),
                List.copyOf(found.broken()));
    }

    /// What takes space, and how much.
    Map<VolumeName, Bytes> sizes() {
        Map<VolumeName, Bytes> sizes = new HashMap<>();
        archived.forEach((name, volume) -> sizes.put(name, volume.size()));
        volumes.forEach((name, volume) -> sizes.put(name, volume.size()));
        return sizes;
    }
}
