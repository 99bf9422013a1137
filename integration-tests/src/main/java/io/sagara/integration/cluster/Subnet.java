package io.sagara.integration.cluster;

import java.io.IOException;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/// A /24 network of 198.18.0.0/16, which is set aside for tests (RFC 2544), that nobody else on this machine
/// has: held by a lock that ends with this JVM.
final class Subnet implements AutoCloseable {
    private static final Path LOCKS = Path.of("/run/lock/sagara-test-subnets");
    private static final String BLOCK = "198.18.";
    private static final int NETWORKS = 250;

    private final int number;
    private final FileChannel file;

    private Subnet(int number, FileChannel file) {
        this.number = number;
        this.file = file;
    }

    static Subnet take() throws IOException {
        Files.createDirectories(LOCKS);
        for (int number = 1; number < NETWORKS; number++) {
            FileChannel file = FileChannel.open(
                    LOCKS.resolve(Integer.toString(number)), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (locked(file) && !inUse(number)) {
                return new Subnet(number, file);
            }
            file.close();
        }
        throw new IOException("no network of 198.18.0.0/16 is free; look at 'ip address'");
    }

    /// Locks the file for as long as it is open; whether that succeeded.
    private static boolean locked(FileChannel file) throws IOException {
        try {
            return file.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            return false;
        }
    }

    private static boolean inUse(int number) throws IOException {
        String prefix = BLOCK + number + ".";
        for (NetworkInterface link : NetworkInterface.networkInterfaces().toList()) {
            List<InterfaceAddress> addresses = link.getInterfaceAddresses();
            if (addresses.stream().anyMatch(a -> a.getAddress().getHostAddress().startsWith(prefix))) {
                return true;
            }
        }
        return false;
    }

    /// The address of a host in it.
    String address(int host) {
        return BLOCK + number + "." + host;
    }

    int number() {
        return number;
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
