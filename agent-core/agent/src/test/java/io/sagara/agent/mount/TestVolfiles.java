package io.sagara.agent.mount;

import io.sagara.spi.Brick;
import io.sagara.spi.Layout;
import io.sagara.spi.Pool;
import io.sagara.spi.PoolName;
import io.sagara.spi.StorageUnit;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/// The graphs of a pool of one brick with quota, no larger than the tests of mounts need.
record TestVolfiles(String name, UUID id, Path directory, int port) {
    Pool pool() {
        var unit = new StorageUnit("localhost", "path", directory.toString(), Map.of());
        var brick = new Brick(0, unit, UUID.nameUUIDFromBytes(new byte[1]), "127.0.0.1", port);
        return new Pool(new PoolName(name), id, new Layout.Replica1(), List.of(brick), Map.of(), true);
    }

    String brickName() {
        return "/bricks/" + name + "/0";
    }

    String brick() {
        return """
                volume POOL-posix
                    type storage/posix
                    option directory DIRECTORY
                    option volume-id ID
                    option fips-mode-rchecksum on
                    option update-link-count-parent on
                end-volume
                volume POOL-access-control
                    type features/access-control
                    subvolumes POOL-posix
                end-volume
                volume POOL-locks
                    type features/locks
                    subvolumes POOL-access-control
                end-volume
                volume POOL-io-threads
                    type performance/io-threads
                    subvolumes POOL-locks
                end-volume
                volume POOL-marker
                    type features/marker
                    option volume-uuid ID
                    option timestamp-file DIRECTORY/.glusterfs/marker.tstamp
                    option quota-version 1
                    option xtime off
                    option gsync-force-xtime off
                    option quota on
                    option inode-quota on
                    subvolumes POOL-io-threads
                end-volume
                volume POOL-index
                    type features/index
                    option index-base DIRECTORY/.glusterfs/indices
                    subvolumes POOL-marker
                end-volume
                volume POOL-quota
                    type features/quota
                    option volume-uuid POOL
                    option server-quota on
                    option deem-statfs on
                    option hard-timeout 0
                    option soft-timeout 0
                    subvolumes POOL-index
                end-volume
                volume BRICK
                    type debug/io-stats
                    option unique-id BRICK
                    subvolumes POOL-quota
                end-volume
                volume POOL-server
                    type protocol/server
                    option transport-type tcp
                    option transport.address-family inet
                    option transport.socket.bind-address 127.0.0.1
                    option transport.socket.listen-port PORT
                    option auth.addr.BRICK.allow *
                    option auth-path BRICK
                    subvolumes BRICK
                end-volume
                """.replace("POOL", name)
                .replace("DIRECTORY", directory.toString())
                .replace("BRICK", brickName())
                .replace("ID", id.toString())
                .replace("PORT", Integer.toString(port));
    }

    String quotad() {
        return connection(10) + """
                volume POOL
                    type cluster/distribute
                    option lookup-optimize off
                    subvolumes POOL-client-0
                end-volume
                volume quotad
                    type features/quotad
                    option transport-type unix
                    option POOL.volume-id POOL
                    subvolumes POOL
                end-volume
                """.replace("POOL", name);
    }

    /// `pingTimeout`: seconds.
    String client(int pingTimeout) {
        return connection(pingTimeout) + """
                volume POOL-dht
                    type cluster/distribute
                    option lookup-optimize off
                    subvolumes POOL-client-0
                end-volume
                volume POOL-write-behind
                    type performance/write-behind
                    option flush-behind on
                    subvolumes POOL-dht
                end-volume
                volume POOL
                    type debug/io-stats
                    option log-level INFO
                    subvolumes POOL-write-behind
                end-volume
                """.replace("POOL", name);
    }

    private String connection(int pingTimeout) {
        return """
                volume POOL-client-0
                    type protocol/client
                    option transport-type tcp
                    option transport.address-family inet
                    option remote-host 127.0.0.1
                    option remote-port PORT
                    option remote-subvolume BRICK
                    option ping-timeout SECONDS
                    option send-gids true
                end-volume
                """.replace("POOL", name)
                .replace("PORT", Integer.toString(port))
                .replace("BRICK", brickName())
                .replace("SECONDS", Integer.toString(pingTimeout));
    }
}
