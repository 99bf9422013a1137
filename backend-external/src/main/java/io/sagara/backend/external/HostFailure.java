package io.sagara.backend.external;

import io.sagara.backend.external.glusterd.GlusterdException;
import io.sagara.spi.ExternalVolume;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import javax.net.ssl.SSLException;

/// Why a host has not given the graph: a sentence with what to do. `noVolume`: it knows its volumes, and this
/// is none.
record HostFailure(String sentence, boolean noVolume) {
    static HostFailure of(String host, ExternalVolume volume, String version, boolean tls, IOException e) {
        String where = host + ":" + volume.port();
        return switch (e) {
            case UnknownHostException _ ->
                plain("host '" + host + "' does not resolve on this node; correct gluster_hosts, or add the name to DNS"
                        + " or /etc/hosts");
            case GlusterdException no
            when no.noVolume() ->
                new HostFailure(
                        host + " knows no volume '" + volume.volume()
                                + "'; correct gluster_volname: 'gluster volume list' there shows the names",
                        true);
            case GlusterdException no
            when no.clientTooOld() ->
                plain(host + ": volume '" + volume.volume() + "' has features that GlusterFS " + version
                        + " of this node does not know; update GlusterFS on this node");
            case SocketTimeoutException _ -> silent(where);
            case ConnectException _
            when String.valueOf(e.getMessage()).contains("refused") ->
                plain(where + " is closed; start glusterd there, or correct gluster_port");
            case SSLException _ ->
                plain(where + " and this node do not agree on TLS (" + e.getMessage()
                        + "); check that the authorities in details.tls have signed the certificates of both, and that"
                        + " glusterd there speaks TLS, or remove details.tls.management");
            case IOException _ when !tls && hangsUp(e) -> plain(withoutTls(where));
            default ->
                plain(where + " cannot be used (" + e.getMessage()
                        + "); check that it is a server of the cluster and can be reached from this node");
        };
    }

    /// Whether it is what glusterd does to a caller without TLS where it speaks TLS: 10.3 resets the connection.
    static boolean hangsUp(IOException e) {
        return e instanceof EOFException
                || (e instanceof SocketException
                        && String.valueOf(e.getMessage()).contains("reset"));
    }

    /// What to do about [#hangsUp].
    static String withoutTls(String where) {
        return where + " hangs up; check that it is a server of the cluster, and where glusterd speaks TLS there"
                + " (/var/lib/glusterd/secure-access), set details.tls with 'management: true'";
    }

    static HostFailure silent(String where) {
        return plain(where + " does not answer; look for a firewall that swallows packets between this node and it");
    }

    private static HostFailure plain(String sentence) {
        return new HostFailure(sentence, false);
    }
}
