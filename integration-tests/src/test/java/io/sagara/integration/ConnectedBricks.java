package io.sagara.integration;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;

/// The bricks to which the client of a pool is connected that volumes are published from. It tries again every few
/// seconds, so a brick may serve, and the self-heal daemon have healed it, before this client has it back.
final class ConnectedBricks {
    private ConnectedBricks() {}

    /// Waits until the client of `pool` has all of its bricks.
    static void await(Standalone sagara, String pool) throws Exception {
        int bricks = sagara.pool(pool).getBricksCount();
        Await.until("the client has every brick", () -> count(sagara, pool, bricks), count -> count == bricks);
    }

    /// Whether the client of that mount has the brick.
    static boolean has(Standalone sagara, String mount, String pool, int brick) throws IOException {
        return connected(sagara.state()
                .resolve("mounts/" + mount + "/.meta/graphs/active/" + pool + "-client-" + brick + "/private"));
    }

    private static long count(Standalone sagara, String pool, int bricks) throws IOException {
        Path graph = sagara.state().resolve("mounts/" + pool + "/.meta/graphs/active");
        long count = 0;
        for (int i = 0; i < bricks; i++) {
            Path client = graph.resolve(pool + "-client-" + i + "/private");
            count += connected(client) ? 1 : 0;
        }
        return count;
    }

    private static boolean connected(Path client) throws IOException {
        try {
            return Files.readString(client).contains("connected = 1");
        } catch (FileSystemException e) {
            if (String.valueOf(e.getReason()).contains("not connected")) {
                // with too few bricks even what it says of itself cannot be read
                return false;
            }
            throw e;
        }
    }
}
