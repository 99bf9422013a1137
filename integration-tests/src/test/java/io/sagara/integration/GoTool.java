package io.sagara.integration;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// A program written in Go that tests need, built from its module and kept outside of the checkout.
final class GoTool {
    /// A cold build on two busy processors took 100 s.
    private static final Duration BUILD = Duration.ofMinutes(10);

    private GoTool() {}

    /// The program `command` of the module in `module`, whose go.mod lists it as a tool and whose go.sum pins
    /// what it is built from. Built once for each content of the two. Skips the test where Go is missing.
    static Path build(Path module, String command) throws IOException {
        Optional<Path> go = go();
        assumeTrue(go.isPresent(), "SKIPPED: Go is not installed, and " + command + " is built with it");
        String name = command.substring(command.lastIndexOf('/') + 1);
        Path cache = Files.createDirectories(cache().resolve("go"));
        Path program = cache.resolve(name + "-" + key(module));
        if (!Files.isExecutable(program)) {
            Path fresh = Files.createTempFile(cache, name, ".new");
            build(go.get(), module, command, fresh);
            // another build may have been faster; then this one is as good
            Files.move(fresh, program, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        }
        return program;
    }

    private static void build(Path go, Path module, String command, Path program) throws IOException {
        Path log = Files.createTempFile("go-build", ".log");
        try {
            ProcessBuilder builder = new ProcessBuilder(List.of(
                            go.toString(), "build", "-mod=readonly", "-trimpath", "-o", program.toString(), command))
                    .directory(module.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile());
            builder.environment().put("CGO_ENABLED", "0");
            Process build = builder.start();
            if (!build.waitFor(BUILD.toSeconds(), TimeUnit.SECONDS)) {
                build.descendants().forEach(ProcessHandle::destroyForcibly);
                build.destroyForcibly();
                throw new AssertionError(command + " was not built within " + BUILD);
            }
            if (build.exitValue() != 0) {
                throw new AssertionError(command + " could not be built: " + Files.readString(log));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } finally {
            Files.deleteIfExists(log);
        }
    }

    private static Optional<Path> go() {
        String path = Optional.ofNullable(System.getenv("PATH")).orElse("") + ":/usr/local/go/bin";
        return List.of(path.split(":", -1)).stream()
                .filter(directory -> directory.startsWith("/"))
                .map(directory -> Path.of(directory, "go"))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /// What is built or fetched once is in here.
    static Path cache() {
        return Optional.ofNullable(System.getenv("SAGARA_CACHE"))
                .map(Path::of)
                .orElseGet(() -> Path.of(System.getProperty("user.home"), ".cache", "sagara"));
    }

    private static String key(Path module) throws IOException {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(Files.readAllBytes(module.resolve("go.mod")));
            digest.update(Files.readAllBytes(module.resolve("go.sum")));
            return HexFormat.of().formatHex(digest.digest(), 0, Long.BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
