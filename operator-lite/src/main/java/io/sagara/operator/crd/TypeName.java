package io.sagara.operator.crd;

import io.sagara.api.v1.LayoutType;

/// The names of layouts as users write them.
public final class TypeName {
    private TypeName() {}

    /// The name of a layout.
    public static String of(LayoutType layout) {
        return switch (layout) {
            case REPLICA1 -> "Replica1";
            case REPLICA2 -> "Replica2";
            case REPLICA3 -> "Replica3";
            case ARBITER -> "Arbiter";
            case DISPERSE -> "Disperse";
            case EXTERNAL -> "External";
            case LAYOUT_TYPE_UNSPECIFIED, UNRECOGNIZED -> throw new IllegalArgumentException(layout + " has no name");
        };
    }

    static LayoutType layout(String name) {
        return switch (name) {
            case "Replica1" -> LayoutType.REPLICA1;
            case "Replica2" -> LayoutType.REPLICA2;
            case "Replica3" -> LayoutType.REPLICA3;
            case "Arbiter" -> LayoutType.ARBITER;
            case "Disperse" -> LayoutType.DISPERSE;
            case "External" -> LayoutType.EXTERNAL;
            default -> LayoutType.LAYOUT_TYPE_UNSPECIFIED;
        };
    }
}
