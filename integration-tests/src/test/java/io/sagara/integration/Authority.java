package io.sagara.integration;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/// One that signs certificates, with openssl, in a directory of its own.
final class Authority {
    private final Path directory;

    Authority(Path directory, String name) throws IOException {
        assumeTrue(Scene.installed("openssl"), "SKIPPED: openssl is not installed");
        this.directory = Files.createDirectories(directory);
        Shell.check(
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "rsa:2048",
                "-nodes",
                "-batch",
                "-days",
                "30",
                "-subj",
                "/CN=" + name,
                "-keyout",
                file("ca.key"),
                "-out",
                file("ca.crt"));
    }

    /// Its own certificate.
    Path certificate() {
        return directory.resolve("ca.crt");
    }

    /// Signs a certificate for a new key; both are in `into`, as `tls.crt` and `tls.key`, beside this one as `ca.crt`,
    /// each put in place as a whole.
    void sign(String name, int days, Path into) throws IOException {
        Files.createDirectories(into);
        Shell.check(
                "openssl",
                "req",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:prime256v1",
                "-nodes",
                "-batch",
                "-subj",
                "/CN=" + name,
                "-keyout",
                file("new.key"),
                "-out",
                file("new.csr"));
        Shell.check(
                "openssl",
                "x509",
                "-req",
                "-in",
                file("new.csr"),
                "-CA",
                file("ca.crt"),
                "-CAkey",
                file("ca.key"),
                "-CAcreateserial",
                "-days",
                Integer.toString(days),
                "-out",
                file("new.crt"));
        put(directory.resolve("new.key"), into.resolve("tls.key"));
        put(directory.resolve("new.crt"), into.resolve("tls.crt"));
        put(certificate(), into.resolve("ca.crt"));
    }

    private String file(String name) {
        return directory.resolve(name).toString();
    }

    static void put(Path from, Path to) throws IOException {
        Path beside = to.resolveSibling(to.getFileName() + ".new");
        Files.copy(from, beside, StandardCopyOption.REPLACE_EXISTING);
        Files.move(beside, to, StandardCopyOption.ATOMIC_MOVE);
    }

    /// The serial number of a certificate, as openssl shows it.
    static String serial(Path certificate) {
        return Shell.check("openssl", "x509", "-noout", "-serial", "-in", certificate.toString())
                .strip();
    }
}
