package io.sagara.operator.crd;

import java.util.List;
import java.util.Map;
import java.util.Objects;

/// Reading trees that anyone may have written: what is not of the expected kind is absent.
final class Tree {
    private Tree() {}

    static Map<?, ?> map(Map<?, ?> tree, String name) {
        return tree.get(name) instanceof Map<?, ?> map ? map : Map.of();
    }

    static List<?> list(Map<?, ?> tree, String name) {
        return tree.get(name) instanceof List<?> list ? list : List.of();
    }

    static List<Map<?, ?>> maps(Map<?, ?> tree, String name) {
        return list(tree, name).stream()
                .filter(Map.class::isInstance)
                .<Map<?, ?>>map(item -> (Map<?, ?>) item)
                .toList();
    }

    static List<String> texts(Map<?, ?> tree, String name) {
        return list(tree, name).stream().map(Objects::toString).toList();
    }

    static String text(Map<?, ?> tree, String name) {
        return tree.get(name) instanceof String text ? text : "";
    }

    static long number(Map<?, ?> tree, String name) {
        return tree.get(name) instanceof Number number ? number.longValue() : 0;
    }

    static boolean flag(Map<?, ?> tree, String name) {
        return Boolean.TRUE.equals(tree.get(name));
    }
}
