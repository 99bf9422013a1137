package io.sagara.agent.pool;

import io.sagara.api.v1.CreateVolumeRequest;
import io.sagara.api.v1.LayoutType;
import io.sagara.api.v1.PoolSpec;
import io.sagara.spi.PoolName;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// Which External pool a StorageClass means that names none: the one in the volume of the cluster that it
/// names. A guess among several could make a volume where its owner does not look for it.
final class ExternalChoice {
    private ExternalChoice() {}

    /// `pools`: all there are. Empty where the request is not about an External pool.
    static Optional<PoolName> of(CreateVolumeRequest request, List<PoolSpec> pools) {
        if (request.getExternalVolume().isEmpty() && request.getLayout() != LayoutType.EXTERNAL) {
            return Optional.empty();
        }
        List<PoolSpec> external = pools.stream()
                .filter(pool -> pool.getLayout() == LayoutType.EXTERNAL)
                .toList();
        List<PoolSpec> meant =
                external.stream().filter(pool -> fits(request, pool)).toList();
        if (meant.size() == 1) {
            return Optional.of(new PoolName(meant.getFirst().getName()));
        }
        String which = request.getExternalVolume().isEmpty()
                ? "of type External"
                : "in volume '" + request.getExternalVolume() + "' of " + request.getExternalHostsList();
        throw new StorageException(
                meant.isEmpty() ? Problem.NOT_FOUND : Problem.INVALID_ARGUMENT,
                "volume " + request.getName() + ": " + (meant.isEmpty() ? "no pool" : "more than one pool") + " is "
                        + which
                        + "; set storage_name of the StorageClass to one of "
                        + (meant.isEmpty() ? external : meant)
                                .stream().map(ExternalChoice::shown).collect(Collectors.joining(", ", "[", "]")));
    }

    private static boolean fits(CreateVolumeRequest request, PoolSpec pool) {
        boolean volume = request.getExternalVolume().isEmpty()
                || request.getExternalVolume().equals(pool.getExternal().getVolume());
        boolean hosts = request.getExternalHostsCount() == 0
                || request.getExternalHostsList().stream()
                        .anyMatch(pool.getExternal().getHostsList()::contains);
        return volume && hosts;
    }

    private static String shown(PoolSpec pool) {
        return pool.getName() + " (volume '" + pool.getExternal().getVolume() + "' of "
                + String.join(",", pool.getExternal().getHostsList()) + ")";
    }
}
