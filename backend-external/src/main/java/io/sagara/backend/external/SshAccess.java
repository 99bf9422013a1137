package io.sagara.backend.external;

import io.sagara.spi.Pool;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// How servers of the cluster are reached by ssh, where the pool's options say that limits are set there.
///
/// `user`: on the servers; root, or one who may run gluster by sudo. `key`: the private key, a file of this node.
/// `knownHosts`: the keys of the servers, as ssh keeps them.
record SshAccess(String user, Path key, Path knownHosts) {
    static final String USER = "quota-ssh-user";
    static final String KEY = "quota-ssh-key";
    static final String KNOWN_HOSTS = "quota-ssh-known-hosts";
    static final List<String> OPTIONS = List.of(USER, KEY, KNOWN_HOSTS);

    /// Where Kadalu's Secret is mounted, and the servers' keys beside it.
    private static final String SECRET = "/etc/secret-volume/";

    private static final Pattern NAME = Pattern.compile("[a-z_][a-z0-9_.-]{0,31}");
    /// ssh splits lists of files at spaces and expands some signs.
    private static final Pattern FILE = Pattern.compile("/[A-Za-z0-9_./+@=-]+");

    /// Empty where limits are set from here. Throws INVALID_ARGUMENT where the options contradict each other.
    static Optional<SshAccess> of(Pool pool) {
        String user = pool.options().getOrDefault(USER, "");
        if (user.isEmpty()) {
            OPTIONS.stream().filter(pool.options()::containsKey).findFirst().ifPresent(option -> {
                throw invalid(pool, option, "needs '" + USER + "' beside it; name the user, or leave both out");
            });
            return Optional.empty();
        }
        if (!NAME.matcher(user).matches()) {
            throw invalid(pool, USER, "'" + user + "' is no name of a user; correct it");
        }
        return Optional.of(
                new SshAccess(user, file(pool, KEY, "ssh-privatekey"), file(pool, KNOWN_HOSTS, "ssh-known-hosts")));
    }

    private static Path file(Pool pool, String option, String usual) {
        String named = pool.options().getOrDefault(option, SECRET + usual);
        if (!FILE.matcher(named).matches() || named.contains("/../")) {
            throw invalid(pool, option, "'" + named + "' is no absolute path of plain letters; correct it");
        }
        return Path.of(named);
    }

    private static StorageException invalid(Pool pool, String option, String sentence) {
        return new StorageException(
                Problem.INVALID_ARGUMENT, "pool " + pool.name() + ": option '" + option + "' " + sentence);
    }

    /// Which of the files is missing on this node, with what to do.
    Optional<String> missing() {
        if (!Files.isReadable(key)) {
            return Optional.of("limits are set by ssh, and the key " + key
                    + " is not there or cannot be read; give this node the file, or correct '" + KEY + "'");
        }
        if (!Files.isReadable(knownHosts)) {
            return Optional.of("limits are set by ssh, and " + knownHosts + " with the keys of the servers is not there"
                    + " or cannot be read; make it with ssh-keyscan and compare it, or correct '" + KNOWN_HOSTS + "'");
        }
        return Optional.empty();
    }

    /// Throws UNAVAILABLE where a file is missing.
    void requireFiles(Pool pool) {
        missing().ifPresent(sentence -> {
            throw new StorageException(Problem.UNAVAILABLE, "pool " + pool.name() + ": " + sentence);
        });
    }
}
