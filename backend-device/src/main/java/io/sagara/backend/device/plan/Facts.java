package io.sagara.backend.device.plan;

import io.sagara.spi.StorageUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// All that a decision is made from.
///
/// `wanted`: the brick and its unit. `record`: what is remembered under its name. `named`: the device that the
/// source names today; empty where it does not exist. `elsewhere`: other devices that carry the file system of
/// the record. `others`: the records of the other bricks of this node. `fresh`: a UUID never used before.
public record Facts(
        Wanted wanted,
        Optional<BrickRecord> record,
        Optional<Seen> named,
        List<Seen> elsewhere,
        List<BrickRecord> others,
        UUID fresh) {
    /// Copies the lists.
    public Facts {
        elsewhere = List.copyOf(elsewhere);
        others = List.copyOf(others);
    }

    /// A brick and what the user says about its unit.
    public record Wanted(String pool, UUID volumeId, int index, StorageUnit unit, UnitOptions options) {
        /// What the user named.
        public String source() {
            return unit.source();
        }
    }

    /// A device, what is on it, and what is in that, once somebody has looked.
    public record Seen(Device device, Content content, Optional<Inside> inside) {
        boolean carries(UUID filesystemId) {
            return content instanceof Content.Formatted formatted
                    && formatted.id().equals(filesystemId);
        }
    }

    /// The same facts after a look into the file system of this device.
    public Facts with(Device looked, Inside inside) {
        return new Facts(
                wanted,
                record,
                named.map(seen -> looked(seen, looked, inside)),
                elsewhere.stream().map(seen -> looked(seen, looked, inside)).toList(),
                others,
                fresh);
    }

    private static Seen looked(Seen seen, Device looked, Inside inside) {
        return seen.device().number().equals(looked.number())
                ? new Seen(seen.device(), seen.content(), Optional.of(inside))
                : seen;
    }

    /// The record, where it is of this very brick and not of a former pool of the same name.
    Optional<BrickRecord> own() {
        return record.filter(one -> one.volumeId().equals(wanted.volumeId()) && one.index() == wanted.index());
    }

    /// Every device with the file system of the record of this brick.
    List<Seen> carriers() {
        List<Seen> carriers = new ArrayList<>(elsewhere);
        named.filter(seen ->
                        own().filter(one -> seen.carries(one.filesystemId())).isPresent())
                .ifPresent(carriers::addFirst);
        return own().isEmpty() ? List.of() : carriers;
    }

    /// The brick of another record that has this file system.
    Optional<BrickRecord> ownerOf(Content content) {
        List<BrickRecord> all = new ArrayList<>(others);
        record.filter(_ -> own().isEmpty()).ifPresent(all::add);
        return content instanceof Content.Formatted formatted
                ? all.stream()
                        .filter(one -> one.filesystemId().equals(formatted.id()))
                        .findFirst()
                : Optional.empty();
    }
}
