package io.sagara.agent.volume.disk;

import io.sagara.spi.Bytes;
import io.sagara.spi.PoolMount;
import io.sagara.spi.Provisioning;
import io.sagara.spi.Volume;
import io.sagara.spi.VolumeName;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// What an inspection of a pool found.
record Found(
        Map<VolumeName, Bytes> volumes,
        Map<VolumeName, Bytes> archived,
        Set<VolumeName> leftovers,
        List<String> broken) {
    static Found in(Provisioning provisioning, PoolMount mount) {
        Found found = new Found(new TreeMap<>(), new TreeMap<>(), new TreeSet<>(), new ArrayList<>());
        provisioning.inspect(mount, new Provisioning.Findings() {
            @Override
            public void volume(Volume volume) {
                found.volumes.put(volume.name(), volume.size());
            }

            @Override
            public void archived(Volume volume) {
                found.archived.put(volume.name(), volume.size());
            }

            @Override
            public void leftover(VolumeName name) {
                found.leftovers.add(name);
            }

            @Override
            public void broken(String sentence) {
                found.broken.add(sentence);
            }
        });
        return found;
    }
}
