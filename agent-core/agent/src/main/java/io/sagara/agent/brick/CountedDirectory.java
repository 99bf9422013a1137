package io.sagara.agent.brick;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;

/// What GlusterFS' marker translator has written on one brick about one directory, in attributes that only the brick's
/// own file system shows: what it holds, what each thing in it adds to that, and whether a change of both was begun and
/// not ended.
///
/// `counted`: what it holds. `sum`: what it should, by what is in it. `dirty`: a change was cut short. Bytes.
public record CountedDirectory(long counted, long sum, boolean dirty) {
    /// What a directory holds, on this brick.
    static final String SIZE = "trusted.glusterfs.quota.size.1";

    /// Whether a change is under way.
    static final String DIRTY = "trusted.glusterfs.quota.dirty";

    /// The identity of a file or directory.
    static final String GFID = "trusted.gfid";

    private static final byte[] IS_DIRTY = {'1', 0};

    /// What marks a directory to be counted anew when it is looked up next.
    static byte[] dirtyMark() {
        return IS_DIRTY.clone();
    }

    /// Whether nothing has to be done about it.
    boolean right() {
        return counted == sum && !dirty;
    }

    /// The attribute of a thing in a directory of this identity: what it adds to what the directory holds.
    static String contribution(byte[] gfid) {
        String hex = HexFormat.of().formatHex(gfid);
        String uuid = String.join(
                "-",
                hex.substring(0, 8),
                hex.substring(8, 12),
                hex.substring(12, 16),
                hex.substring(16, 20),
                hex.substring(20));
        return "trusted.glusterfs.quota." + uuid + ".contri.1";
    }

    /// The bytes in the value of [#SIZE] or of a contribution; 0 where it is none.
    static long bytes(byte[] value) {
        return value.length < Long.BYTES ? 0 : ByteBuffer.wrap(value).getLong();
    }

    /// Whether the value of [#DIRTY] says so.
    static boolean isDirty(byte[] value) {
        return Arrays.equals(value, IS_DIRTY);
    }
}
