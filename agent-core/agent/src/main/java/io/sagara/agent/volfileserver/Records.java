package io.sagara.agent.volfileserver;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Optional;

/// Record marking (RFC 5531, section 11): a record is a row of fragments, each behind four bytes with its
/// length and a bit that marks the last.
final class Records {
    private static final int HEADER = 4;
    private static final int LAST = 0x80000000;
    /// GlusterFS sends one; a peer that never sends the last one must not keep us busy.
    private static final int MOST_FRAGMENTS = 16;

    private Records() {}

    /// The next record, of at most `most` bytes; empty where the peer closed between two records. Memory grows
    /// with what arrives, not with what a header promises.
    static Optional<byte[]> read(InputStream in, int most) throws IOException {
        var record = new ByteArrayOutputStream();
        for (int fragment = 0; fragment < MOST_FRAGMENTS; fragment++) {
            byte[] header = in.readNBytes(HEADER);
            if (header.length == 0 && fragment == 0) {
                return Optional.empty();
            }
            if (header.length < HEADER) {
                throw new EOFException("the peer closed inside a record");
            }
            int mark = ByteBuffer.wrap(header).getInt();
            int length = mark & ~LAST;
            if (length > most - record.size()) {
                throw new MalformedMessage("a record of more than " + most + " bytes");
            }
            byte[] part = in.readNBytes(length);
            if (part.length < length) {
                throw new EOFException("the peer closed inside a record");
            }
            record.writeBytes(part);
            if ((mark & LAST) != 0) {
                return Optional.of(record.toByteArray());
            }
        }
        throw new MalformedMessage("a record of more than " + MOST_FRAGMENTS + " fragments");
    }

    /// `record` as one fragment, ready to send.
    static ByteBuffer framed(byte[] record) {
        return ByteBuffer.allocate(HEADER + record.length)
                .putInt(LAST | record.length)
                .put(record)
                .flip();
    }
}
