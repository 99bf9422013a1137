package io.sagara.volfile;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/// Reads a volfile: words into stanzas, stanzas into translators. Good for one text.
final class Parser {
    private final List<Token> tokens;
    private final Map<String, Translator> defined = new LinkedHashMap<>();
    private final Map<String, Integer> lines = new LinkedHashMap<>();
    private final Set<String> used = new LinkedHashSet<>();
    private int next;

    Parser(String text) {
        tokens = Token.of(text);
    }

    /// One `volume` … `end-volume`, as it was read.
    record Stanza(int line, String name, String type, Map<String, String> options, List<Translator> below) {
        String option(String key) {
            String value = options.get(key);
            if (value == null) {
                throw new VolfileException("option " + key + " is missing");
            }
            return value;
        }

        int number(String key) {
            try {
                return Integer.parseInt(option(key));
            } catch (NumberFormatException e) {
                throw new VolfileException("option " + key + " is '" + option(key) + "'; it must be a number", e);
            }
        }

        Map<String, String> without(Set<String> keys) {
            var rest = new LinkedHashMap<>(options);
            rest.keySet().removeAll(keys);
            return rest;
        }

        Translator onlyBelow() {
            if (below.size() != 1) {
                throw new VolfileException("it has " + below.size() + " subvolumes; it must have one");
            }
            return below.getFirst();
        }
    }

    /// One word of a volfile, with the line it stands on. `end`: there is no further word.
    record Token(int line, String text, boolean quoted, boolean end) {
        static List<Token> of(String text) {
            var tokens = new ArrayList<Token>();
            int line = 0;
            for (String content : text.lines().toList()) {
                line++;
                scan(content, line, tokens);
            }
            tokens.add(new Token(Math.max(line, 1), "", false, true));
            return tokens;
        }

        boolean isWord() {
            return !end && (quoted || !Word.isKeyword(text));
        }

        boolean is(String keyword) {
            return !end && !quoted && text.equalsIgnoreCase(keyword);
        }

        @Override
        public String toString() {
            return end ? "the end of the file" : "'" + text + "'";
        }

        private static void scan(String content, int line, List<Token> tokens) {
            int at = 0;
            while (at < content.length()) {
                char c = content.charAt(at);
                if (c == '#') {
                    return;
                }
                if (c == ' ' || c == '\t') {
                    at++;
                    continue;
                }
                int end = c == '"' ? content.indexOf('"', at + 1) : wordEnd(content, at);
                if (end < 0) {
                    throw at(line, "the quoted word has no end on this line");
                }
                String word = content.substring(c == '"' ? at + 1 : at, end);
                if (word.indexOf('`') >= 0 || word.indexOf('\\') >= 0) {
                    throw at(line, "'" + word + "' holds a backtick or a backslash; GlusterFS would run commands");
                }
                tokens.add(new Token(line, word, c == '"', false));
                at = c == '"' ? end + 1 : end;
            }
        }

        private static int wordEnd(String content, int from) {
            int at = from;
            while (at < content.length() && " \t\"".indexOf(content.charAt(at)) < 0) {
                at++;
            }
            return at;
        }
    }

    Graph graph() {
        Translator top = null;
        while (!peek().end()) {
            Stanza stanza = stanza();
            top = translator(stanza);
            lines.put(stanza.name(), stanza.line());
            defined.put(stanza.name(), top);
        }
        if (top == null) {
            throw at(peek().line(), "the volfile is empty");
        }
        used.add(top.name());
        for (String name : defined.keySet()) {
            if (!used.contains(name)) {
                throw at(
                        Objects.requireNonNull(lines.get(name)),
                        "'" + name + "' is used by nothing, and only the last translator may be");
            }
        }
        return new Graph(top);
    }

    private Stanza stanza() {
        int line = expect("volume").line();
        Token name = word("the name of a translator");
        if (defined.containsKey(name.text())) {
            throw at(name.line(), "'" + name.text() + "' is defined twice");
        }
        var _ = expect("type");
        Token type = word("the type of '" + name.text() + "'");
        var options = new LinkedHashMap<String, String>();
        var below = new ArrayList<Translator>();
        while (!peek().is("end-volume")) {
            if (peek().is("option")) {
                option(options);
            } else if (peek().is("subvolumes") && below.isEmpty()) {
                subvolumes(below);
            } else {
                throw at(peek().line(), "expected option, subvolumes or end-volume, found " + peek());
            }
        }
        var _ = expect("end-volume");
        return new Stanza(line, name.text(), type.text(), options, below);
    }

    private void option(Map<String, String> options) {
        var _ = expect("option");
        Token key = word("the key of an option");
        Token value = word("the value of option " + key.text());
        if (options.put(key.text(), value.text()) != null) {
            throw at(key.line(), "option " + key.text() + " is given twice");
        }
    }

    private void subvolumes(List<Translator> below) {
        var _ = expect("subvolumes");
        do {
            Token name = word("the name of a subvolume");
            Translator translator = defined.get(name.text());
            if (translator == null) {
                throw at(name.line(), "subvolume '" + name.text() + "' is not defined before its use");
            }
            below.add(translator);
            used.add(name.text());
        } while (peek().isWord());
    }

    private Translator translator(Stanza stanza) {
        try {
            Translator translator =
                    switch (stanza.type()) {
                        case Posix.TYPE -> Posix.from(stanza);
                        case Client.TYPE -> Client.from(stanza);
                        case Server.TYPE -> Server.from(stanza);
                        case Replicate.TYPE -> Replicate.from(stanza);
                        case Disperse.TYPE -> Disperse.from(stanza);
                        case Distribute.TYPE -> Distribute.from(stanza);
                        default -> new Layer(stanza.name(), stanza.type(), stanza.options(), stanza.below());
                    };
            agree(stanza, translator);
            return translator;
        } catch (VolfileException | IllegalArgumentException e) {
            throw new VolfileException(
                    "line " + stanza.line() + ": " + stanza.type() + " '" + stanza.name() + "': " + e.getMessage(), e);
        }
    }

    /// What a record derives must be what the text says; so nothing in the text is silently changed.
    private static void agree(Stanza stanza, Translator translator) {
        var keys = new LinkedHashSet<>(translator.options().keySet());
        keys.addAll(stanza.options().keySet());
        for (String key : keys) {
            String is = stanza.options().get(key);
            String must = translator.options().get(key);
            if (!Objects.equals(is, must)) {
                throw new VolfileException("option " + key + (is == null ? " is missing" : " is '" + is + "'")
                        + (must == null ? "; it must not be there" : "; it must be '" + must + "'"));
            }
        }
        if (!stanza.below().equals(translator.below())) {
            throw new VolfileException("it cannot have subvolumes");
        }
    }

    private Token word(String what) {
        Token token = peek();
        if (!token.isWord()) {
            throw at(token.line(), "expected " + what + ", found " + token);
        }
        next++;
        return token;
    }

    private Token expect(String keyword) {
        Token token = peek();
        if (!token.is(keyword)) {
            throw at(token.line(), "expected " + keyword + ", found " + token);
        }
        next++;
        return token;
    }

    private Token peek() {
        return tokens.get(next);
    }

    private static VolfileException at(int line, String message) {
        return new VolfileException("line " + line + ": " + message);
    }
}
