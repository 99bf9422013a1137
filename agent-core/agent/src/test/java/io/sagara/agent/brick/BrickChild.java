package io.sagara.agent.brick;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// An agent in a JVM of its own, to be killed: starts a brick, says so, and waits for ever.
final class BrickChild {
    private BrickChild() {}

    public static void main(String[] args) throws IOException {
        RealBricks bricks = new RealBricks(Path.of(args[0]), args[1], Integer.parseInt(args[2]));
        System.out.println("started " + bricks.start().pid());
        int _ = System.in.read();
    }

    /// Starts one. Its output is a pipe.
    static Process start(Path home, String pool, int port) throws IOException {
        String modules = System.getProperty("jdk.module.path", "");
        String classes = "target/test-classes:" + modules + ":" + System.getProperty("java.class.path");
        return new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        classes,
                        BrickChild.class.getName(),
                        home.toString(),
                        pool,
                        Integer.toString(port)))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }
}
