package io.sagara.volfile.stack;

import static io.sagara.volfile.stack.Floor.pairs;

import io.sagara.volfile.VolfileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Connections with TLS, both ends of which show a certificate.
///
/// `authorities`: who may have signed the other end's. `identity`: this end's certificate, those between it and an
/// authority, and its key, in one file, so that no connection can meet a certificate with the key of another. Both
/// absolute, in PEM; GlusterFS reads them for each new connection. `allowed`: common names of the certificates that
/// may connect, in the patterns of fnmatch(3); where there is none, all that an authority has signed.
public record Tls(Path authorities, Path identity, List<String> allowed) {
    /// How many certificates may stand between one and its authority. GlusterFS' 1 is too few for an intermediate
    /// authority with one of its own.
    private static final String DEPTH = "4";

    /// Copies the list, and refuses relative paths and names that GlusterFS would split.
    public Tls {
        allowed = List.copyOf(allowed);
        if (!authorities.isAbsolute() || !identity.isAbsolute()) {
            throw new VolfileException(
                    "the files of certificates, " + authorities + " and " + identity + ", are not absolute");
        }
        for (String name : allowed) {
            if (name.isBlank() || name.contains(",") || name.contains(" ")) {
                throw new VolfileException("'" + name + "' cannot stand in a list of allowed names; names with"
                        + " blanks or commas match the pattern '?' in their place");
            }
        }
    }

    /// `options`, with those of the transport.
    Map<String, String> with(Map<String, String> options) {
        var all = new LinkedHashMap<>(options);
        all.putAll(pairs(
                "transport.socket.ssl-enabled",
                "on",
                "transport.socket.ssl-own-cert",
                identity.toString(),
                "transport.socket.ssl-private-key",
                identity.toString(),
                "transport.socket.ssl-ca-list",
                authorities.toString(),
                "transport.socket.ssl-cert-depth",
                DEPTH));
        return all;
    }

    /// As [#with], for the end that is connected to. `brick`: the name it serves.
    Map<String, String> with(Map<String, String> options, String brick) {
        Map<String, String> all = with(options);
        if (!allowed.isEmpty()) {
            all.put("auth.login." + brick + ".ssl-allow", String.join(",", allowed));
        }
        return all;
    }
}
