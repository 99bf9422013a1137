package io.sagara.agent.brick;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// The process that listens at a TCP port, for messages. `command`: its name.
record PortOwner(long pid, String command) {
    private static final String ESTABLISHED = "01";
    private static final String LISTEN = "0A";

    /// Places in a line of /proc/net/tcp (proc_net_tcp(5)).
    private static final int LOCAL = 1;

    private static final int STATE = 3;
    private static final int INODE = 9;

    /// The one that an attempt to listen at this address would collide with. Empty where there is none, or it
    /// cannot be told.
    static Optional<PortOwner> of(Path proc, String address, int port) {
        return inode(proc.resolve("net/tcp"), address, port)
                .or(() -> inode(proc.resolve("net/tcp6"), address, port))
                .flatMap(inode -> holder(proc, "socket:[" + inode + "]"));
    }

    /// How many connections to this address and port there are.
    static long connections(Path proc, String address, int port) throws IOException {
        long connections = 0;
        for (String table : List.of("net/tcp", "net/tcp6")) {
            Path file = proc.resolve(table);
            if (Files.exists(file)) {
                connections += Files.readAllLines(file).stream()
                        .map(line -> line.strip().split("\\s+", -1))
                        .filter(fields -> fields.length > INODE && fields[STATE].equals(ESTABLISHED))
                        .filter(fields -> collides(fields[LOCAL], address, port))
                        .count();
            }
        }
        return connections;
    }

    private static Optional<String> inode(Path table, String address, int port) {
        try {
            return Files.readAllLines(table).stream()
                    .map(line -> line.strip().split("\\s+"))
                    .filter(fields -> fields.length > INODE && fields[STATE].equals(LISTEN))
                    .filter(fields -> collides(fields[LOCAL], address, port))
                    .map(fields -> fields[INODE])
                    .findFirst();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static boolean collides(String local, String address, int port) {
        int colon = local.indexOf(':');
        String host = local.substring(0, colon);
        return Integer.parseInt(local.substring(colon + 1), 16) == port
                && (host.chars().allMatch(digit -> digit == '0') || host.endsWith(kernelHex(address)));
    }

    /// As the kernel prints it: the words of an address in the byte order of the machine. An IPv6 socket that
    /// is bound to an IPv4 address ends with the same digits.
    private static String kernelHex(String address) {
        try {
            ByteBuffer bytes = ByteBuffer.wrap(InetAddress.ofLiteral(address).getAddress());
            ByteBuffer words = ByteBuffer.allocate(bytes.capacity()).order(ByteOrder.nativeOrder());
            while (bytes.hasRemaining()) {
                words.putInt(bytes.getInt());
            }
            return HexFormat.of().formatHex(words.array()).toUpperCase(Locale.ROOT);
        } catch (IllegalArgumentException e) {
            return "no address";
        }
    }

    private static Optional<PortOwner> holder(Path proc, String socket) {
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(proc, "[0-9]*")) {
            for (Path process : processes) {
                if (holds(process, socket)) {
                    long pid = Long.parseLong(process.getFileName().toString());
                    return Optional.of(new PortOwner(
                            pid, Files.readString(process.resolve("comm")).strip()));
                }
            }
        } catch (IOException e) {
            return Optional.empty();
        }
        return Optional.empty();
    }

    /// False also where the process ends while it is looked at.
    private static boolean holds(Path process, String socket) {
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(process.resolve("fd"))) {
            for (Path descriptor : descriptors) {
                if (Files.readSymbolicLink(descriptor).toString().equals(socket)) {
                    return true;
                }
            }
            return false;
        } catch (IOException e) {
            return false;
        }
    }
}
