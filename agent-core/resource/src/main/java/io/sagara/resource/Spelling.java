package io.sagara.resource;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/// Guesses what a misspelt word was meant to be, and shows words that may be anything.
final class Spelling {
    private static final int SHOWN = 60;
    // a word with more letters may have two of them wrong
    private static final int LONG_WORD = 5;

    private Spelling() {}

    /// The known word that `word` is most probably a slip of: one letter off, or two in a longer word, or
    /// another case.
    static Optional<String> nearest(String word, Collection<String> known) {
        if (word.length() > SHOWN) {
            return Optional.empty();
        }
        String plain = plain(word);
        int allowed = plain.length() > LONG_WORD ? 2 : 1;
        return known.stream()
                .filter(other -> distance(plain, plain(other)) <= allowed)
                .min(Comparator.<String>comparingInt(other -> distance(plain, plain(other)))
                        .thenComparing(Comparator.naturalOrder()));
    }

    /// `; did you mean 'x'?`, or else what is known.
    static String advice(String word, Collection<String> known) {
        return nearest(word, known)
                .map(other -> "; did you mean '" + other + "'?")
                .orElse("; known are " + String.join(", ", known));
    }

    /// The word as a message may contain it: one line, not endless.
    static String shown(String word) {
        String flat = word.replaceAll("\\p{Cntrl}", "?");
        return flat.codePointCount(0, flat.length()) <= SHOWN
                ? flat
                : flat.substring(0, flat.offsetByCodePoints(0, SHOWN)) + "… (" + word.length() + " characters)";
    }

    private static String plain(String word) {
        return word.toLowerCase(Locale.ROOT).replace("_", "").replace("-", "");
    }

    /// How many single letters have to be changed, added, removed or swapped with a neighbour.
    private static int distance(String a, String b) {
        int[][] cost = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                cost[i][j] = i == 0 || j == 0 ? i + j : step(cost, a, b, i, j);
            }
        }
        return cost[a.length()][b.length()];
    }

    private static int step(int[][] cost, String a, String b, int i, int j) {
        int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        int best = Math.min(cost[i - 1][j - 1] + change, Math.min(cost[i - 1][j], cost[i][j - 1]) + 1);
        boolean swapped = i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
        return swapped ? Math.min(best, cost[i - 2][j - 2] + 1) : best;
    }
}
