package io.sagara.agent.volfileserver;

import java.util.Optional;

/// The messages of ONC RPC (RFC 5531, section 9).
final class Rpc {
    private static final int CALL = 0;
    private static final int REPLY = 1;
    private static final int VERSION = 2;
    private static final int ACCEPTED = 0;
    private static final int AUTH_NONE = 0;
    /// GlusterFS' own bound (GF_MAX_AUTH_BYTES); RFC 5531 has 400.
    private static final int MOST_CREDENTIAL = 2048;

    private Rpc() {}

    /// How an accepted call ended (accept_stat).
    enum Outcome {
        SUCCESS(0),
        PROGRAM_UNAVAILABLE(1);

        private final int number;

        Outcome(int number) {
            this.number = number;
        }
    }

    /// A request. `arguments`: not yet read.
    record Call(int id, int program, int procedure, XdrReader arguments) {}

    /// The call in `message`; empty where it is a reply, which nobody waits for.
    static Optional<Call> call(byte[] message) throws MalformedMessage {
        var in = new XdrReader(message);
        int id = in.integer();
        int type = in.integer();
        if (type == REPLY) {
            return Optional.empty();
        }
        int version = in.integer();
        if (type != CALL || version != VERSION) {
            throw new MalformedMessage("neither call nor reply of RPC version 2");
        }
        int program = in.integer();
        in.integer(); // the program's version: GlusterFS has had one of each
        int procedure = in.integer();
        for (int part = 0; part < 2; part++) {
            in.integer(); // flavour of credential, of verifier: the socket's permissions say who may connect
            in.opaque(MOST_CREDENTIAL);
        }
        return Optional.of(new Call(id, program, procedure, in));
    }

    /// The answer to a call; what the call returns follows it.
    static XdrWriter reply(Call call, Outcome outcome) {
        return new XdrWriter().integers(call.id(), REPLY, ACCEPTED, AUTH_NONE, 0, outcome.number);
    }

    /// A call without arguments.
    static XdrWriter callback(int id, int program, int programVersion, int procedure) {
        return new XdrWriter()
                .integers(id, CALL, VERSION, program, programVersion, procedure, AUTH_NONE, 0, AUTH_NONE, 0);
    }
}
