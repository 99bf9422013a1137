package io.sagara.volfile;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// What may stand in a volfile, and how it is written. GlusterFS' own scanner decides: words end at whitespace,
/// a quoted word may hold spaces, and **text between backticks is run as a shell command by root while the file
/// is read**. Backticks, quotes and backslashes are therefore refused everywhere, quoted or not.
final class Word {
    static final Set<String> KEYWORDS = Set.of("volume", "type", "option", "subvolumes", "end-volume");
    private static final int MAX_PORT = 65_535;

    private Word() {}

    /// A translator's name, type or option key.
    static String plain(String what, String word) {
        if (word.isEmpty()) {
            throw new VolfileException(what + " is empty");
        }
        word.codePoints()
                .filter(c -> Character.isWhitespace(c) || unwritable(c))
                .findFirst()
                .ifPresent(c -> {
                    throw unusable(what, word, c);
                });
        return word;
    }

    /// The value of an option; it may hold spaces.
    static String value(String what, String word) {
        if (word.isEmpty()) {
            throw new VolfileException(what + " is empty; GlusterFS refuses options without a value");
        }
        word.codePoints().filter(Word::unwritable).findFirst().ifPresent(c -> {
            throw unusable(what, word, c);
        });
        return word;
    }

    /// A copy of `options` in the same order, all of them checked.
    static Map<String, String> options(String owner, Map<String, String> options) {
        options.forEach((key, value) -> {
            var _ = plain("a key of the options of '" + owner + "'", key);
            var _ = value("option " + key + " of '" + owner + "'", value);
        });
        return Collections.unmodifiableMap(new LinkedHashMap<>(options));
    }

    /// As [#options], for a translator that writes the options `own` itself.
    static Map<String, String> settings(String owner, Map<String, String> settings, Set<String> own) {
        settings.keySet().stream().filter(own::contains).findFirst().ifPresent(key -> {
            throw new VolfileException("option " + key + " of '" + owner + "' is derived and cannot be set");
        });
        return options(owner, settings);
    }

    /// The options a translator derives, followed by those it was given.
    static Map<String, String> joined(Map<String, String> derived, Map<String, String> settings) {
        var all = new LinkedHashMap<>(derived);
        all.putAll(settings);
        return Collections.unmodifiableMap(all);
    }

    static int port(String owner, int port) {
        if (port < 1 || port > MAX_PORT) {
            throw new VolfileException("'" + owner + "' has port " + port + "; it needs one from 1 to " + MAX_PORT);
        }
        return port;
    }

    /// The address family to use with an address: a host name resolves to IPv4.
    static String family(String address) {
        return address.contains(":") ? "inet6" : "inet";
    }

    /// `word` as it is written: quoted where the scanner would see something else in it.
    static String written(String word) {
        boolean quoted = word.codePoints().anyMatch(Character::isWhitespace) || word.startsWith("#") || isKeyword(word);
        return quoted ? '"' + word + '"' : word;
    }

    static boolean isKeyword(String word) {
        return KEYWORDS.contains(word.toLowerCase(Locale.ROOT));
    }

    private static boolean unwritable(int c) {
        return c == '"' || c == '\\' || c == '`' || Character.isISOControl(c);
    }

    private static VolfileException unusable(String what, String word, int c) {
        String shown = word.codePoints()
                .map(p -> Character.isISOControl(p) ? '?' : p)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
        return new VolfileException(String.format(
                Locale.ROOT, "%s is '%s'; the character U+%04X cannot stand there in a volfile", what, shown, c));
    }
}
