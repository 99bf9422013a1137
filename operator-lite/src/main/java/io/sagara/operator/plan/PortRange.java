package io.sagara.operator.plan;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// TCP ports, both ends included.
public record PortRange(int first, int last) {
    private static final Pattern TEXT = Pattern.compile("(\\d{1,5})-(\\d{1,5})");
    private static final int MAX = 65_535;

    /// Refuses what is no range.
    public PortRange {
        if (first < 1 || last < first || last > MAX) {
            throw new IllegalArgumentException(
                    "must be two ports with '-' between them, the lower one first, from 1 to " + MAX);
        }
    }

    /// The range of a text such as `24100-25123`.
    public static PortRange parse(String text) {
        Matcher matcher = TEXT.matcher(text);
        return matcher.matches()
                ? new PortRange(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)))
                : new PortRange(0, 0);
    }

    @Override
    public String toString() {
        return first + "-" + last;
    }
}
