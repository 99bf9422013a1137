package io.sagara.agent.account;

import io.sagara.spi.Bytes;
import io.sagara.spi.VolumeName;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/// Compares the account of a pool with its volumes. Pure.
public final class Reconciliation {
    private Reconciliation() {}

    /// Where they differ, in the order of names; nothing is said about a name that is `inProgress`, for between
    /// the steps of a call they must differ.
    ///
    /// `volumes`: what the pool has, archived volumes too. `rows`: what the account counts.
    public static List<Difference> differences(
            Map<VolumeName, Bytes> volumes, Map<VolumeName, Bytes> rows, Predicate<VolumeName> inProgress) {
        Map<VolumeName, Difference> found = new TreeMap<>();
        volumes.forEach((name, size) -> {
            Bytes counted = rows.get(name);
            if (counted == null) {
                found.put(name, new Difference.VolumeWithoutRow(name, size));
            } else if (!counted.equals(size)) {
                found.put(name, new Difference.SizeDiffers(name, counted, size));
            }
        });
        rows.forEach((name, size) -> {
            if (!volumes.containsKey(name)) {
                found.put(name, new Difference.RowWithoutVolume(name, size));
            }
        });
        found.keySet().removeIf(inProgress);
        return new ArrayList<>(found.values());
    }

    /// Puts one difference right. Repeating it changes nothing. Throws as the methods of [Ledger] do.
    public static void settle(Ledger ledger, Difference difference) {
        switch (difference) {
            case Difference.RowWithoutVolume row -> ledger.release(row.name());
            case Difference.VolumeWithoutRow volume -> ledger.correct(volume.name(), volume.size());
            case Difference.SizeDiffers differing -> ledger.correct(differing.name(), differing.size());
        }
    }
}
