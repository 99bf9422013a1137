package io.sagara.spi;

import java.util.List;
import java.util.regex.Pattern;

/// A volume of a GlusterFS cluster that someone else runs.
///
/// `hosts`: names or addresses of servers of the cluster, in the order the user gave. `port`: of their
/// glusterd. `volume`: its name there. `mountOptions`: the user's options for mounting it, as in `mount -o`,
/// comma separated.
public record ExternalVolume(List<String> hosts, int port, String volume, String mountOptions) {
    /// The port of glusterd where none is given.
    public static final int DEFAULT_PORT = 24_007;

    private static final int MAX_PORT = 65_535;
    // what glusterd accepts: a longer name, or a dot, has it look for a brick's graph
    private static final Pattern VOLUME = Pattern.compile("[A-Za-z0-9_-]{1,255}");
    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9._:%-]{1,253}");

    /// Refuses names that cannot be any.
    public ExternalVolume {
        hosts = List.copyOf(hosts);
        if (hosts.isEmpty()) {
            throw invalid("gluster_hosts is missing; list the addresses of the cluster's servers");
        }
        if (!VOLUME.matcher(volume).matches()) {
            throw invalid(
                    volume.isEmpty()
                            ? "gluster_volname is missing; give the name of the cluster's volume"
                            : "gluster_volname '" + volume + "' is no name of a GlusterFS volume; 'gluster volume list'"
                                    + " on a server of the cluster shows the names");
        }
        for (String host : hosts) {
            if (!HOST.matcher(host).matches()) {
                throw invalid("gluster_hosts: '" + host + "' is no host name and no address; correct it");
            }
        }
        if (port < 1 || port > MAX_PORT) {
            throw invalid("gluster_port " + port + " is no port; leave it out for " + DEFAULT_PORT);
        }
    }

    private static StorageException invalid(String sentence) {
        return new StorageException(Problem.INVALID_ARGUMENT, sentence);
    }
}
