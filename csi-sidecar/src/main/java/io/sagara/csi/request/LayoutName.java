package io.sagara.csi.request;

import io.sagara.api.v1.LayoutType;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.util.Map;
import java.util.TreeMap;

/// The names of layouts in StorageClass parameters and volume contexts.
final class LayoutName {
    private static final Map<String, LayoutType> BY_NAME = new TreeMap<>(Map.of(
            "Replica1", LayoutType.REPLICA1,
            "Replica2", LayoutType.REPLICA2,
            "Replica3", LayoutType.REPLICA3,
            "Arbiter", LayoutType.ARBITER,
            "Disperse", LayoutType.DISPERSE,
            "External", LayoutType.EXTERNAL));

    private LayoutName() {}

    static LayoutType parse(String parameter, String name) {
        LayoutType layout = BY_NAME.get(name);
        if (layout == null) {
            throw new StorageException(
                    Problem.INVALID_ARGUMENT,
                    parameter + " '" + Text.shown(name) + "' is no pool type; use one of "
                            + String.join(", ", BY_NAME.keySet()));
        }
        return layout;
    }

    static String of(LayoutType layout) {
        return switch (layout) {
            case REPLICA1 -> "Replica1";
            case REPLICA2 -> "Replica2";
            case REPLICA3 -> "Replica3";
            case ARBITER -> "Arbiter";
            case DISPERSE -> "Disperse";
            case EXTERNAL -> "External";
            case LAYOUT_TYPE_UNSPECIFIED, UNRECOGNIZED -> "";
        };
    }
}
