package io.sagara.volfile;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The network end of a client: one brick, wherever it is served.
///
/// `name`: for a brick of a replicated pool it is part of attribute names on disk and must never change.
/// `host`: an IP address, or a name that resolves to IPv4. `port`: the TCP port of the brick. `brick`: the name
/// the brick is served under. `settings`: further options of protocol/client.
public record Client(String name, String host, int port, String brick, Map<String, String> settings)
        implements Translator {
    static final String TYPE = "protocol/client";
    private static final Set<String> OWN =
            Set.of("transport-type", "transport.address-family", "remote-host", "remote-port", "remote-subvolume");

    /// Refuses an impossible port, and a host or brick that cannot be written.
    public Client {
        name = Word.plain("the name of a translator", name);
        host = Word.plain("the host of '" + name + "'", host);
        port = Word.port(name, port);
        brick = Word.plain("the brick of '" + name + "'", brick);
        settings = Word.settings(name, settings, OWN);
    }

    static Client from(Parser.Stanza stanza) {
        return new Client(
                stanza.name(),
                stanza.option("remote-host"),
                stanza.number("remote-port"),
                stanza.option("remote-subvolume"),
                stanza.without(OWN));
    }

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public Map<String, String> options() {
        var derived = new LinkedHashMap<String, String>();
        derived.put("transport-type", "tcp");
        derived.put("transport.address-family", Word.family(host));
        derived.put("remote-host", host);
        derived.put("remote-port", Integer.toString(port));
        derived.put("remote-subvolume", brick);
        return Word.joined(derived, settings);
    }

    @Override
    public List<Translator> below() {
        return List.of();
    }
}
