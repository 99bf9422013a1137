package io.sagara.spi;

import java.nio.file.Path;
import java.util.Locale;

/// A volume of a pool.
///
/// `name`: its name. `kind`: what a pod gets. `size`: the hard limit. `path`: where it is, relative to the root
/// of the pool.
public record Volume(VolumeName name, Kind kind, Bytes size, Path path) {
    /// What a volume is on disk. The lower-case names are directories in the pool.
    public enum Kind {
        /// A directory with a quota.
        SUBVOL,
        /// A file with a file system in it, mounted through a loop device.
        VIRTBLOCK,
        /// A file that a pod sees as a block device.
        RAWBLOCK,
        /// A copy of a volume that no pod gets: volumes begin with its content. It has a name that no volume of its
        /// pool has, is counted, found, listed and deleted as volumes are, and neither made by `create`
        /// nor expanded.
        SNAPSHOT;

        /// The directory of this kind in the pool, as Kadalu names it; Kadalu has no snapshots.
        public String directory() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /// Refuses a path that leaves the pool.
    public Volume {
        if (path.isAbsolute() || !path.equals(path.normalize()) || path.startsWith("..")) {
            throw new StorageException(
                    Problem.INVALID_ARGUMENT, "volume " + name + ": the path '" + path + "' leaves the pool");
        }
    }
}
