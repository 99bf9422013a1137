package io.sagara.volfile.option;

import static io.sagara.volfile.option.UserOption.SWITCH;

import io.sagara.volfile.option.ValueKind.Size;
import io.sagara.volfile.option.ValueKind.Time;
import io.sagara.volfile.option.ValueKind.Whole;
import java.util.List;

/// `network.*`, `client.*`, `server.*` and `transport.*`: both ends of the connections to bricks.
final class NetworkOptions {
    private static final String CLIENT = "protocol/client";
    private static final String SERVER = "protocol/server";

    private static final ValueKind WINDOW = new Size(0, 1_048_576);
    private static final ValueKind KEEPALIVE = new Whole(1, 3_600);
    private static final ValueKind PROBES = new Whole(1, 255);
    private static final ValueKind USER_TIMEOUT = new Time(0, 1_013);

    static final List<UserOption> ALL = List.of(
            client("network.frame-timeout", new Time(1, 86_400), "frame-timeout"),
            // GlusterFS takes 0 for never; a brick that stops answering would then hang its clients for good
            client("network.ping-timeout", new Time(1, 1_013), "ping-timeout"),
            client("network.remote-dio", SWITCH, "filter-O_DIRECT"),
            client("network.tcp-window-size", WINDOW, "tcp-window-size").sets(Role.BRICKS, SERVER, "tcp-window-size"),
            server("network.inode-lru-limit", new Whole(0, 1_048_576), "inode-lru-limit"),
            client("client.event-threads", new Whole(1, 32), "event-threads"),
            client("client.own-thread", SWITCH, "transport.socket.own-thread"),
            client("client.tcp-user-timeout", USER_TIMEOUT, "transport.tcp-user-timeout"),
            client("client.keepalive-time", KEEPALIVE, "transport.socket.keepalive-time"),
            client("client.keepalive-interval", KEEPALIVE, "transport.socket.keepalive-interval"),
            client("client.keepalive-count", PROBES, "transport.socket.keepalive-count"),
            client("client.strict-locks", SWITCH, "strict-locks"),
            client("client.send-gids", SWITCH, "send-gids"),
            server("server.event-threads", new Whole(1, 1_024), "event-threads"),
            server("server.own-thread", SWITCH, "transport.socket.own-thread"),
            server("server.tcp-user-timeout", USER_TIMEOUT, "transport.tcp-user-timeout"),
            server("server.keepalive-time", KEEPALIVE, "transport.socket.keepalive-time"),
            server("server.keepalive-interval", KEEPALIVE, "transport.socket.keepalive-interval"),
            server("server.keepalive-count", PROBES, "transport.socket.keepalive-count"),
            server("server.outstanding-rpc-limit", new Whole(0, 65_536), "rpc.outstanding-rpc-limit"),
            server("server.manage-gids", SWITCH, "manage-gids"),
            server("server.gid-timeout", new Whole(0, 86_400), "gid-timeout"),
            server("transport.keepalive", SWITCH, "transport.socket.keepalive"),
            server("transport.listen-backlog", new Whole(1, 65_535), "transport.listen-backlog"));

    private NetworkOptions() {}

    private static UserOption client(String key, ValueKind kind, String option) {
        return UserOption.of(key, kind).sets(Role.CONNECTING, CLIENT, option);
    }

    private static UserOption server(String key, ValueKind kind, String option) {
        return UserOption.of(key, kind).sets(Role.BRICKS, SERVER, option);
    }
}
