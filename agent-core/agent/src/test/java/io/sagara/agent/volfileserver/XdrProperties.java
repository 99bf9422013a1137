package io.sagara.agent.volfileserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class XdrProperties {
    private static final int MOST = 1 << 16;

    @Property
    void whatIsWrittenIsRead(@ForAll int number, @ForAll byte[] opaque, @ForAll("text") String text)
            throws IOException {
        var in = new XdrReader(new XdrWriter()
                .integers(number)
                .opaque(opaque)
                .string(text)
                .integers(number)
                .bytes());

        assertThat(in.integer()).isEqualTo(number);
        assertThat(in.opaque(MOST)).isEqualTo(opaque);
        assertThat(in.string(MOST)).isEqualTo(text);
        assertThat(in.integer()).isEqualTo(number);
    }

    @net.jqwik.api.Provide
    net.jqwik.api.Arbitrary<String> text() {
        // a lone surrogate has no UTF-8
        return net.jqwik.api.Arbitraries.strings()
                .filter(s -> s.codePoints().noneMatch(c -> c >= 0xd800 && c < 0xe000));
    }

    @Property
    void everythingWrittenIsAWholeNumberOfUnits(@ForAll byte[] opaque) {
        assertThat(new XdrWriter().opaque(opaque).bytes().length % 4).isZero();
    }

    @Property
    void aMessageCutShortIsMalformed(@ForAll @Size(min = 1) byte[] opaque, @ForAll @IntRange(min = 1) int cut) {
        byte[] whole = new XdrWriter().opaque(opaque).bytes();
        byte[] part = Arrays.copyOf(whole, whole.length - 1 - cut % whole.length);

        assertThatThrownBy(() -> new XdrReader(part).opaque(MOST)).isInstanceOf(MalformedMessage.class);
    }

    @Property(tries = 20_000)
    void anyBytesAreACallOrAReplyOrMalformed(@ForAll @Size(max = 120) byte[] bytes) {
        try {
            var _ = Rpc.call(bytes);
        } catch (MalformedMessage e) {
            assertThat(e).hasMessageContaining(" ");
        }
    }

    @Property(tries = 5_000)
    void aCallWithOneByteChangedIsReadOrMalformed(@ForAll @IntRange(max = 63) int position, @ForAll byte value) {
        byte[] message = call().string("p1").integers(1, 2, 3, 4).bytes();
        message[position % message.length] = value;
        try {
            Optional<Rpc.Call> call = Rpc.call(message);
            if (call.isPresent()) {
                call.get().arguments().string(MOST);
            }
        } catch (MalformedMessage e) {
            assertThat(e).hasMessageContaining(" ");
        }
    }

    @Property
    void aCallIsReadAsItWasSent(@ForAll int id, @ForAll int program, @ForAll int procedure) throws IOException {
        var call = Rpc.call(Rpc.callback(id, program, 1, procedure)
                        .string("arguments")
                        .bytes())
                .orElseThrow();

        assertThat(call.id()).isEqualTo(id);
        assertThat(call.program()).isEqualTo(program);
        assertThat(call.procedure()).isEqualTo(procedure);
        assertThat(call.arguments().string(MOST)).isEqualTo("arguments");
    }

    @Property
    void aRecordComesBackAsItWasFramed(@ForAll byte[] record) throws IOException {
        byte[] framed = Records.framed(record).array();

        assertThat(Records.read(new ByteArrayInputStream(framed), record.length).orElseThrow())
                .isEqualTo(record);
        Assume.that(record.length > 0);
        assertThatThrownBy(() -> Records.read(new ByteArrayInputStream(framed), record.length - 1))
                .isInstanceOf(MalformedMessage.class);
    }

    @Property(tries = 20_000)
    void anyStreamIsRecordsOrAnError(@ForAll @Size(max = 64) byte[] bytes) throws IOException {
        var in = new ByteArrayInputStream(bytes);
        try {
            Optional<byte[]> record = Records.read(in, 32);
            while (record.isPresent()) {
                assertThat(record.get()).hasSizeLessThanOrEqualTo(32);
                record = Records.read(in, 32);
            }
        } catch (MalformedMessage | java.io.EOFException e) {
            assertThat(e).hasMessageContaining("record");
        }
    }

    private static XdrWriter call() {
        return Rpc.callback(7, 14398633, 1, 2);
    }
}
