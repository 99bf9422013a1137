package io.sagara.spi;

import java.nio.file.Path;
import java.util.List;

/// That the connections of a pool are made with TLS, and both ends show a certificate.
///
/// `authorities`: an absolute path on this node, of the certificates (PEM) of those who may sign the other end's.
/// `identity`: an absolute path, of this node's certificate, those between it and an authority, and its key, all in
/// one PEM file that only root may read. The agent keeps both, replaces them as a whole when certificates are
/// renewed, and never changes their paths. `allowed`: the common names that bricks let in, as patterns of
/// fnmatch(3); empty for every certificate that an authority has signed. `management`: whether the servers of an
/// External pool's cluster speak TLS at the port of glusterd too.
public record Tls(Path authorities, Path identity, List<String> allowed, boolean management) {
    /// Copies the list.
    public Tls {
        allowed = List.copyOf(allowed);
    }
}
