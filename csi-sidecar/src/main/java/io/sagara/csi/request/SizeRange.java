package io.sagara.csi.request;

import io.sagara.csi.v1.CapacityRange;
import io.sagara.spi.Bytes;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.util.Optional;

/// The sizes a caller accepts. Sizes are never rounded: a volume has exactly the size that was asked for.
///
/// `required`: at least this much; zero where the caller does not say. `limit`: at most this much.
public record SizeRange(Bytes required, Optional<Bytes> limit) {
    /// The size of a volume whose caller does not say any. CSI leaves it to the driver.
    public static final Bytes DEFAULT = Bytes.gib(1);

    /// Any size at all: the request has no range.
    public static final SizeRange ANY = new SizeRange(Bytes.ZERO, Optional.empty());

    /// Refuses a limit below what is required.
    public SizeRange {
        if (limit.isPresent() && limit.get().compareTo(required) < 0) {
            throw invalid("limit_bytes " + limit.get().value() + " is below required_bytes " + required.value()
                    + "; raise the one or lower the other");
        }
    }

    /// The range of a request that has one.
    public static SizeRange of(CapacityRange range) {
        long required = range.getRequiredBytes();
        long limit = range.getLimitBytes();
        if (required < 0 || limit < 0) {
            throw invalid("a size cannot be negative: required_bytes " + required + ", limit_bytes " + limit
                    + "; use bytes >= 0");
        }
        if (required == 0 && limit == 0) {
            throw invalid("capacity_range says nothing; set required_bytes or limit_bytes, or leave the range away");
        }
        return new SizeRange(new Bytes(required), limit == 0 ? Optional.empty() : Optional.of(new Bytes(limit)));
    }

    /// The size to make a volume with.
    public Bytes forNewVolume() {
        if (required.value() > 0) {
            return required;
        }
        return limit.filter(most -> most.compareTo(DEFAULT) < 0).orElse(DEFAULT);
    }

    /// The limit as the agent takes it: 0 = none.
    public long limitOrZero() {
        return limit.map(Bytes::value).orElse(0L);
    }

    /// Whether a volume of this size is what the caller accepts.
    public boolean contains(Bytes size) {
        return size.compareTo(required) >= 0
                && limit.map(most -> size.compareTo(most) <= 0).orElse(true);
    }

    private static StorageException invalid(String message) {
        return new StorageException(Problem.INVALID_ARGUMENT, message);
    }
}
