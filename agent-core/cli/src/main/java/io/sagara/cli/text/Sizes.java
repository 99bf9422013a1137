package io.sagara.cli.text;

import io.sagara.spi.Bytes;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.math.BigDecimal;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Sizes as people write them: `64MiB`, `64Mi`, `1.5G`, `4096`. `Ki`, `Mi` … are powers of 1024, `K`, `M` … of
/// 1000, as in Kubernetes.
public final class Sizes {
    private static final Pattern SIZE = Pattern.compile("([0-9]{1,18}(?:\\.[0-9]{1,9})?) ?(?:([kKMGTP])(i?))?B?");
    private static final String UNITS = "KMGTP";
    private static final BigDecimal BINARY_STEP = BigDecimal.valueOf(1024);
    private static final BigDecimal DECIMAL_STEP = BigDecimal.valueOf(1000);

    private Sizes() {}

    /// Reads a size; INVALID_ARGUMENT where it is none, or is not a whole number of bytes.
    public static Bytes parse(String text) {
        Matcher size = SIZE.matcher(text.strip());
        if (!size.matches()) {
            throw refused(text);
        }
        BigDecimal bytes = new BigDecimal(size.group(1));
        if (size.group(2) != null) {
            int power = UNITS.indexOf(Character.toUpperCase(size.group(2).charAt(0))) + 1;
            bytes = bytes.multiply((size.group(3).isEmpty() ? DECIMAL_STEP : BINARY_STEP).pow(power));
        }
        try {
            return new Bytes(bytes.longValueExact());
        } catch (ArithmeticException e) {
            throw refused(text);
        }
    }

    private static StorageException refused(String text) {
        return new StorageException(
                Problem.INVALID_ARGUMENT, "'" + text + "' is no size; write it as 64MiB, 1.5GiB or a number of bytes");
    }

    /// For people; nothing is known of 0.
    static String shown(long bytes) {
        return bytes <= 0 ? "" : new Bytes(bytes).toString();
    }
}
