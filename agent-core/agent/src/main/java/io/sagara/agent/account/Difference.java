package io.sagara.agent.account;

import io.sagara.spi.Bytes;
import io.sagara.spi.VolumeName;

/// One place where the account and the volumes of a pool disagree.
public sealed interface Difference {
    /// Which volume it is about.
    VolumeName name();

    /// For people: what is wrong and what becomes of it.
    String sentence();

    /// Space is promised to a volume that does not exist: a call was cut short before the volume was made, or
    /// after it was deleted. Put right by taking the promise back.
    record RowWithoutVolume(VolumeName name, Bytes size) implements Difference {
        @Override
        public String sentence() {
            return "volume " + name + ": stat.db counts " + size
                    + " for it, but it does not exist; taken off the account";
        }
    }

    /// A volume has space that nobody counts. Put right by counting it, even beyond the capacity of the pool.
    record VolumeWithoutRow(VolumeName name, Bytes size) implements Difference {
        @Override
        public String sentence() {
            return "volume " + name + ": it has " + size + ", but stat.db does not count it; put on the account";
        }
    }

    /// Both know the volume, with different sizes. Put right by counting the volume's.
    record SizeDiffers(VolumeName name, Bytes counted, Bytes size) implements Difference {
        @Override
        public String sentence() {
            return "volume " + name + ": it has " + size + ", but stat.db counts " + counted
                    + "; corrected on the account";
        }
    }
}
