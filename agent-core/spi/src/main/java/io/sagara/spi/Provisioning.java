package io.sagara.spi;

import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;

/// Role 3: volumes inside a pool.
///
/// Unlike the other roles, calls for one pool come from many threads at once, but never two for the same
/// volume. The agent has reserved the space before a volume comes to be and before [#expand], and releases it
/// after [#delete]; a backend does not account. All methods throw [Problem#UNAVAILABLE] where the pool's
/// mount does not answer.
public interface Provisioning {
    /// Makes the volume, limited to its size where the pool has quota. Repeating it with the same request
    /// succeeds. When it returns the volume survives any crash. Throws NO_SPACE; throws UNAVAILABLE rather than
    /// return a volume whose limit does not hold.
    Volume create(PoolMount mount, VolumeName name, Volume.Kind kind, Bytes size);

    /// As [#create(PoolMount, VolumeName, Volume.Kind, Bytes)], while the agent is still reserving the space.
    /// `granted` returns when the space is reserved for good and throws where it is not. It must be called, and
    /// have returned, before there is anything that a crash would leave as a volume; what it throws must be
    /// thrown on, with nothing left behind. It may be called several times. A backend that has nothing to do
    /// meanwhile leaves this as it is.
    default Volume create(PoolMount mount, VolumeName name, Volume.Kind kind, Bytes size, Runnable granted) {
        granted.run();
        return create(mount, name, kind, size);
    }

    /// Makes a volume as [#create(PoolMount, VolumeName, Volume.Kind, Bytes, Runnable)], of the kind and with the
    /// content of `source`, a volume or snapshot of the same pool, at least as large. May take hours; ends early if
    /// interrupted. Cut short, nothing of it is a volume, and [#recover] removes it. Repeating it with the same
    /// request succeeds, also when the source is gone by then. A source that is a directory may be in use: of each
    /// file the copy has what was there when it was read. Throws NOT_FOUND (no source), OUT_OF_RANGE (smaller than
    /// the source), ALREADY_EXISTS (not a copy of this source, or another size), IN_USE (a block volume that a node
    /// has), NO_SPACE, UNAVAILABLE (also where the source changed in a way that does not let it be copied),
    /// UNSUPPORTED.
    default Volume copy(PoolMount mount, VolumeName source, VolumeName name, Bytes size, Runnable granted) {
        throw new StorageException(
                Problem.UNSUPPORTED,
                "volume " + name + ": the backend of pool " + mount.pool().name()
                        + " cannot copy volumes; make an empty one and copy the data");
    }

    /// Makes a snapshot of the volume `source` of the same pool, under a name that no volume has. `size`: that of the
    /// source. Otherwise as [#copy], also in what it throws; it is found when it is whole and not before. Repeating
    /// it with the same source returns what is there, whatever the source's size is by then.
    default Snapshot snapshot(PoolMount mount, VolumeName source, VolumeName name, Bytes size, Runnable granted) {
        throw new StorageException(
                Problem.UNSUPPORTED,
                "snapshot " + name + ": the backend of pool " + mount.pool().name()
                        + " cannot make snapshots; copy the data from a pod");
    }

    /// The snapshot of this name; empty where there is none. Throws UNAVAILABLE.
    default Optional<Snapshot> findSnapshot(PoolMount mount, VolumeName name) {
        return Optional.empty();
    }

    /// A snapshot that is whole. `volume`: its name, its size, which is that of its source then, and where it is.
    /// `source`: the volume it was made of, which may be gone. `content`: of what kind a volume from it is.
    /// `takenAt`: when its making began; what had been written before is in it.
    record Snapshot(Volume volume, VolumeName source, Volume.Kind content, Instant takenAt) {}

    /// The volume or snapshot that the volume of this name was made a copy of, which may be gone; empty where it is no
    /// copy, or there is no such volume.
    default Optional<VolumeName> source(PoolMount mount, VolumeName name) {
        return Optional.empty();
    }

    /// What changes every few seconds while an agent of any node copies into the volume of this name; empty where none
    /// does. While it changes, nobody may take the name over. Nothing is said of its form; only compare it. Throws
    /// UNAVAILABLE.
    default Optional<String> signOfLife(PoolMount mount, VolumeName name) {
        return Optional.empty();
    }

    /// Raises the limit to `size`; a size that is not larger than the present one changes nothing. Returns the
    /// volume as it is then. Throws NOT_FOUND.
    Volume expand(PoolMount mount, VolumeName name, Bytes size);

    /// Takes the volume or snapshot away so that it is found no more; its data may be purged later in the background.
    /// Deleting an absent one succeeds.
    void delete(PoolMount mount, VolumeName name);

    /// Sets the volume aside under the name `archived-<name>`, with its data and its size: it is found no more,
    /// but goes on taking its space. Archiving an absent or an archived volume succeeds. Throws UNSUPPORTED
    /// where the backend keeps no archive.
    default void archive(PoolMount mount, VolumeName name) {
        throw new StorageException(
                Problem.UNSUPPORTED,
                "volume " + name + ": the backend of pool " + mount.pool().name()
                        + " cannot archive volumes; use the reclaim policy delete or retain");
    }

    /// Takes the archived volume away that had this name, as [#delete] does with others. Touches nothing else, a
    /// volume of this name neither. Deleting an absent one succeeds.
    default void deleteArchived(PoolMount mount, VolumeName name) {
        throw new StorageException(
                Problem.UNSUPPORTED,
                "volume archived-" + name + ": the backend of pool "
                        + mount.pool().name() + " keeps no archive");
    }

    /// Brings back the archived volume that had this name, or else the one that was deleted last and is in
    /// [#deleted], with its data, its size and its limit, which holds before the volume is found. The agent has
    /// reserved its space. Cut short it is as it was before, after [#recover] at the latest, or is repeated.
    /// Where a volume of this name exists and nothing could come back, that volume is returned, so repeating it
    /// succeeds. Throws ALREADY_EXISTS where both are there, NOT_FOUND where neither is, UNSUPPORTED where the
    /// backend keeps nothing.
    default Volume restore(PoolMount mount, VolumeName name) {
        throw new StorageException(
                Problem.UNSUPPORTED,
                "volume " + name + ": the backend of pool " + mount.pool().name()
                        + " cannot bring back volumes that were archived or deleted");
    }

    /// The volume of this name that was deleted last and can be brought back.
    default Optional<Volume> findDeleted(PoolMount mount, VolumeName name) {
        return Optional.empty();
    }

    /// Hands every deleted volume that can be brought back to `each`, in no order. Its path is where its data is now.
    default void deleted(PoolMount mount, Consumer<Deleted> each) {}

    /// A volume that was deleted at that time, by the clock of whoever did it, and is not purged.
    record Deleted(Volume volume, Instant at) {}

    /// Finishes or undoes what a crash has cut short for this name, as [#inspect] reports it; existing volumes
    /// stay as they are. Repeating it changes nothing.
    default void recover(PoolMount mount, VolumeName name) {}

    /// Removes data of deleted volumes that is still there. Runs in the background, ends early when
    /// interrupted.
    void purge(PoolMount mount);

    /// Removes every volume, archived ones too, and all that was kept about them, because the user asked for
    /// exactly that; nothing else. Asked for pools whose bricks are someone else's: of others the bricks are
    /// erased. Repeating it succeeds.
    default void clear(PoolMount mount) {
        throw new StorageException(
                Problem.UNSUPPORTED,
                "the backend of pool " + mount.pool().name() + " cannot remove what is in it; remove the pool without"
                        + " erasing it, and its data by hand");
    }

    /// What the users of a volume should know although it works, such as that its limit does not hold; empty
    /// where there is nothing.
    default Optional<String> caveat(Pool pool, VolumeName volume) {
        return Optional.empty();
    }

    /// What a volume holds beside its size, where a look at its file system does not say so. Returns at once
    /// with what was counted last, some minutes ago; empty where nothing is, or where nothing has to be.
    default Optional<VolumeUsage> counted(PoolMount mount, Volume volume) {
        return Optional.empty();
    }

    /// As [#purge(PoolMount)], but leaves those of [#deleted] that are not due, and asks before each step. What is
    /// being purged cannot come back. A backend that keeps nothing leaves this as it is.
    default void purge(PoolMount mount, Purging purging) {
        purge(mount);
    }

    /// What is to be purged, and how fast. Called by one thread at a time.
    interface Purging {
        /// Whether this volume shall be purged now.
        default boolean due(Deleted volume) {
            return true;
        }

        /// Called before each file or directory is removed; returns when it may be.
        default void removing() {}
    }

    /// The volume or snapshot of this name.
    Optional<Volume> find(PoolMount mount, VolumeName name);

    /// The archived volume that had this name, as [#archive] left it; it takes space.
    default Optional<Volume> findArchived(PoolMount mount, VolumeName name) {
        return Optional.empty();
    }

    /// Hands every volume and snapshot to `each`, in no order. What cannot be read is handed to `broken` as a
    /// sentence that names it, and the rest go on.
    void list(PoolMount mount, Consumer<Volume> each, Consumer<String> broken);

    /// Looks at everything that is there. Throws UNAVAILABLE where it could not look at all of it.
    default void inspect(PoolMount mount, Findings findings) {
        list(mount, findings::volume, findings::broken);
    }

    /// What [#inspect] finds. Called by one thread at a time.
    interface Findings {
        /// A volume or snapshot.
        void volume(Volume volume);

        /// An archived volume, by the name it had. It takes space.
        default void archived(Volume volume) {}

        /// Something that a crash has left, or that a call which runs just now has not finished: [#recover] it
        /// when nothing runs for this name.
        default void leftover(VolumeName name) {}

        /// A sentence that names what cannot be read, or what nobody but a person can put right.
        void broken(String sentence);
    }
}
