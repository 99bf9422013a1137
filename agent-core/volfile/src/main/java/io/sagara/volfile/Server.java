package io.sagara.volfile;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The network end of a brick: it serves the one translator below it under that translator's name.
///
/// `bindAddress`: the local IP address to listen at, [#ANY] or [#ANY_V6] for all. `port`: the TCP port to
/// listen on. `allowed`: the addresses of clients that may connect, in GlusterFS' patterns (`*`, `10.0.*`,
/// `10.0.0.0/8`). `brick`: what is served. `settings`: further options of protocol/server.
///
/// `auth-path` is always written: without it a brick of GlusterFS 11.1 crashed when its volfile changed.
public record Server(
        String name, String bindAddress, int port, List<String> allowed, Translator brick, Map<String, String> settings)
        implements Translator {
    /// Every IPv4 address of the machine.
    public static final String ANY = "0.0.0.0";

    /// Every address of the machine, both families.
    public static final String ANY_V6 = "::";

    static final String TYPE = "protocol/server";
    private static final String BIND = "transport.socket.bind-address";
    private static final String LISTEN = "transport.socket.listen-port";
    private static final String FAMILY = "transport.address-family";

    /// Refuses an impossible port or bind address, and an empty list of allowed clients.
    public Server {
        name = Word.plain("the name of a translator", name);
        bindAddress = Word.plain("the bind address of '" + name + "'", bindAddress);
        port = Word.port(name, port);
        allowed = List.copyOf(allowed);
        if (allowed.isEmpty()) {
            throw new VolfileException("'" + name + "' allows no client; allow '*' for all");
        }
        for (String pattern : allowed) {
            if (Word.plain("an allowed client of '" + name + "'", pattern).contains(",")) {
                throw new VolfileException("'" + name + "' allows '" + pattern + "'; list addresses one by one");
            }
        }
        settings = Word.settings(name, settings, own(brick));
    }

    static Server from(Parser.Stanza stanza) {
        Translator brick = stanza.onlyBelow();
        String any = stanza.option(FAMILY).equals("inet6") ? ANY_V6 : ANY;
        return new Server(
                stanza.name(),
                stanza.options().getOrDefault(BIND, any),
                stanza.number(LISTEN),
                List.of(stanza.option(allowKey(brick)).split(",", -1)),
                brick,
                stanza.without(own(brick)));
    }

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public Map<String, String> options() {
        var derived = new LinkedHashMap<String, String>();
        derived.put("transport-type", "tcp");
        derived.put(FAMILY, Word.family(bindAddress));
        if (!bindAddress.equals(ANY) && !bindAddress.equals(ANY_V6)) {
            derived.put(BIND, bindAddress);
        }
        derived.put(LISTEN, Integer.toString(port));
        derived.put(allowKey(brick), String.join(",", allowed));
        derived.put("auth-path", brick.name());
        return Word.joined(derived, settings);
    }

    @Override
    public List<Translator> below() {
        return List.of(brick);
    }

    private static String allowKey(Translator brick) {
        return "auth.addr." + brick.name() + ".allow";
    }

    private static Set<String> own(Translator brick) {
        return Set.of("transport-type", FAMILY, BIND, LISTEN, allowKey(brick), "auth-path");
    }
}
