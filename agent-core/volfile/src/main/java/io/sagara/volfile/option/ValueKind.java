package io.sagara.volfile.option;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What values an option takes, as GlusterFS' own parsers do.
sealed interface ValueKind {
    /// The value as it goes into a volfile, or empty where it is not allowed.
    Optional<String> parse(String value);

    /// Completes the sentence "allowed is …".
    String allowed();

    /// The words GlusterFS takes for yes and no; written as on and off, so that equal choices give equal text.
    record Switch() implements ValueKind {
        private static final List<String> ON = List.of("on", "yes", "true", "enable", "1");
        private static final List<String> OFF = List.of("off", "no", "false", "disable", "0");

        @Override
        public Optional<String> parse(String value) {
            String word = value.toLowerCase(Locale.ROOT);
            if (ON.contains(word)) {
                return Optional.of("on");
            }
            return OFF.contains(word) ? Optional.of("off") : Optional.empty();
        }

        @Override
        public String allowed() {
            return "on, yes, true, enable, off, no, false or disable";
        }
    }

    /// A whole number.
    record Whole(long min, long max) implements ValueKind {
        private static final Pattern DIGITS = Pattern.compile("-?\\d{1,18}");

        @Override
        public Optional<String> parse(String value) {
            return Optional.of(value)
                    .filter(v -> DIGITS.matcher(v).matches())
                    .filter(v -> Long.parseLong(v) >= min && Long.parseLong(v) <= max);
        }

        @Override
        public String allowed() {
            return "a whole number from " + min + " to " + max;
        }
    }

    /// Bytes, with GlusterFS' units of 1024. `min`, `max`: in bytes.
    record Size(long min, long max) implements ValueKind {
        private static final Pattern SIZE =
                Pattern.compile("(\\d{1,15}(?:\\.\\d{1,3})?)(B|KB|MB|GB|TB|PB)?", Pattern.CASE_INSENSITIVE);
        private static final List<String> UNITS = List.of("B", "KB", "MB", "GB", "TB", "PB");
        private static final BigDecimal STEP = BigDecimal.valueOf(1024);

        @Override
        public Optional<String> parse(String value) {
            Matcher size = SIZE.matcher(value);
            if (!size.matches()) {
                return Optional.empty();
            }
            String unit = size.group(2) == null ? "B" : size.group(2).toUpperCase(Locale.ROOT);
            BigInteger bytes = new BigDecimal(size.group(1))
                    .multiply(STEP.pow(UNITS.indexOf(unit)))
                    .toBigInteger();
            boolean fits =
                    bytes.compareTo(BigInteger.valueOf(min)) >= 0 && bytes.compareTo(BigInteger.valueOf(max)) <= 0;
            return fits ? Optional.of(value) : Optional.empty();
        }

        @Override
        public String allowed() {
            return "a size from " + min + " to " + max + " bytes, such as 512KB, 64MB or 1GB";
        }
    }

    /// 0 to 100, with or without the sign.
    record Percent() implements ValueKind {
        private static final Pattern PERCENT = Pattern.compile("(\\d{1,3}(?:\\.\\d{1,3})?)%?");
        private static final BigDecimal ALL = BigDecimal.valueOf(100);

        @Override
        public Optional<String> parse(String value) {
            Matcher percent = PERCENT.matcher(value);
            boolean fits = percent.matches() && new BigDecimal(percent.group(1)).compareTo(ALL) <= 0;
            return fits ? Optional.of(value) : Optional.empty();
        }

        @Override
        public String allowed() {
            return "a percentage from 0 to 100, such as 10%";
        }
    }

    /// A share of the file system, or bytes. GlusterFS takes a bare number up to 100 as a percentage.
    record PercentOrSize() implements ValueKind {
        private static final ValueKind SIZE = new Size(0, Long.MAX_VALUE);

        @Override
        public Optional<String> parse(String value) {
            return new Percent().parse(value).or(() -> SIZE.parse(value));
        }

        @Override
        public String allowed() {
            return "a percentage such as 10%, or a size such as 10GB";
        }
    }

    /// A length of time. `min`, `max`: in seconds.
    record Time(long min, long max) implements ValueKind {
        private static final Pattern TIME = Pattern.compile("(\\d{1,9})([a-z]*)");
        private static final Map<String, Long> SECONDS = Map.ofEntries(
                Map.entry("", 1L),
                Map.entry("s", 1L),
                Map.entry("sec", 1L),
                Map.entry("m", 60L),
                Map.entry("min", 60L),
                Map.entry("h", 3_600L),
                Map.entry("hr", 3_600L),
                Map.entry("d", 86_400L),
                Map.entry("days", 86_400L),
                Map.entry("w", 604_800L),
                Map.entry("wk", 604_800L));

        @Override
        public Optional<String> parse(String value) {
            Matcher time = TIME.matcher(value);
            if (!time.matches()) {
                return Optional.empty();
            }
            Long unit = SECONDS.get(time.group(2));
            if (unit == null) {
                return Optional.empty();
            }
            long seconds = Long.parseLong(time.group(1)) * unit;
            return seconds >= min && seconds <= max ? Optional.of(value) : Optional.empty();
        }

        @Override
        public String allowed() {
            return "a time from " + min + " to " + max + " seconds, such as 30, 30s, 2min, 1hr";
        }
    }

    /// One of some words.
    record Choice(List<String> words) implements ValueKind {
        @Override
        public Optional<String> parse(String value) {
            return words.stream().filter(word -> word.equalsIgnoreCase(value)).findFirst();
        }

        @Override
        public String allowed() {
            return "one of " + String.join(", ", words);
        }
    }

    /// Text of a certain form. `form`: what a person should know of it.
    record Text(Pattern pattern, String form) implements ValueKind {
        @Override
        public Optional<String> parse(String value) {
            return Optional.of(value).filter(v -> pattern.matcher(v).matches());
        }

        @Override
        public String allowed() {
            return form;
        }
    }

    /// Only one value, because of `reason`: users may state what is so anyway.
    record Only(ValueKind kind, String value, String reason) implements ValueKind {
        @Override
        public Optional<String> parse(String given) {
            return kind.parse(given).filter(value::equals);
        }

        @Override
        public String allowed() {
            return "'" + value + "' and nothing else, because " + reason;
        }
    }
}
