package io.sagara.resource;

import io.sagara.resource.Yaml.Mapping;
import io.sagara.resource.Yaml.Scalar;
import io.sagara.resource.Yaml.Sequence;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The fields of one mapping, read by name and type. What does not fit is added to the findings, with the
/// field's path and line, and read as absent; a null is absent too, as Kubernetes has it.
final class Fields {
    private static final Set<String> TRUE = Set.of("true", "yes", "on");
    private static final Set<String> FALSE = Set.of("false", "no", "off", "");

    private final String where;
    private final Mapping mapping;
    private final List<Finding> findings;

    Fields(String where, Mapping mapping, List<Finding> findings) {
        this.where = where;
        this.mapping = mapping;
        this.findings = findings;
    }

    /// The same fields, told apart by what stands in front of their paths.
    Fields in(String owner) {
        return new Fields(owner, mapping, findings);
    }

    int line() {
        return mapping.line();
    }

    Set<String> names() {
        return mapping.fields().keySet();
    }

    /// Whether the field is there and not null.
    boolean has(String name) {
        return value(name) != null;
    }

    boolean isMapping(String name) {
        return value(name) instanceof Mapping;
    }

    /// A text that is not blank. Numbers and booleans are texts as they are written.
    Optional<String> text(String name) {
        return textOrEmpty(name).filter(text -> {
            if (text.isBlank()) {
                fault(name, "is empty; give a value or remove the field");
            }
            return !text.isBlank();
        });
    }

    /// A text that may be empty.
    Optional<String> textOrEmpty(String name) {
        return switch (value(name)) {
            case null -> Optional.empty();
            case Scalar scalar
            when scalar.text().codePoints().anyMatch(Character::isISOControl) -> {
                fault(name, "contains a control character or a line break; remove it");
                yield Optional.empty();
            }
            case Scalar scalar -> Optional.of(scalar.text());
            case Sequence _ -> wrongKind(name, "one value, not a list");
            case Mapping _ -> wrongKind(name, "one value, not a mapping");
        };
    }

    /// A whole number from `min` to `max`.
    Optional<Integer> number(String name, int min, int max) {
        return text(name).flatMap(text -> {
            if (text.matches("[0-9]{1,9}") && Integer.parseInt(text) >= min && Integer.parseInt(text) <= max) {
                return Optional.of(Integer.valueOf(text));
            }
            fault(name, "'" + Spelling.shown(text) + "' is no whole number from " + min + " to " + max);
            return Optional.empty();
        });
    }

    /// A boolean as Kubernetes' YAML reader takes it.
    Optional<Boolean> flag(String name) {
        return textOrEmpty(name).flatMap(text -> {
            String plain = text.toLowerCase(Locale.ROOT);
            if (TRUE.contains(plain) || FALSE.contains(plain)) {
                return Optional.of(TRUE.contains(plain));
            }
            fault(name, "'" + Spelling.shown(text) + "' is neither true nor false");
            return Optional.empty();
        });
    }

    /// One of the words that `choices` gives a meaning to.
    <T> Optional<T> choice(String name, Map<String, T> choices) {
        return text(name).flatMap(text -> {
            T meaning = choices.get(text);
            if (meaning == null) {
                fault(name, "'" + Spelling.shown(text) + "' is not known" + Spelling.advice(text, choices.keySet()));
            }
            return Optional.ofNullable(meaning);
        });
    }

    Optional<Fields> mapping(String name) {
        return switch (value(name)) {
            case null -> Optional.empty();
            case Mapping below -> Optional.of(new Fields(path(name), below, findings));
            case Sequence _ -> wrongKind(name, "a mapping, not a list");
            case Scalar _ -> wrongKind(name, "a mapping, not one value");
        };
    }

    /// The items of a list; none where it is absent.
    List<Yaml> list(String name) {
        return switch (value(name)) {
            case null -> List.of();
            case Sequence list -> list.items();
            case Scalar _, Mapping _ -> {
                fault(name, "must be a list; begin each item with '-'");
                yield List.of();
            }
        };
    }

    /// The items of a list of mappings.
    List<Fields> mappings(String name) {
        List<Yaml> items = list(name);
        List<Fields> all = new ArrayList<>();
        for (int i = 0; i < items.size(); i++) {
            String place = name + "[" + i + "]";
            if (items.get(i) instanceof Mapping item) {
                all.add(new Fields(path(place), item, findings));
            } else {
                findings.add(new Finding(items.get(i).line(), path(place), "must be a mapping of fields"));
            }
        }
        return all;
    }

    /// A list of texts that are not blank, each once.
    List<String> texts(String name) {
        List<Yaml> items = list(name);
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < items.size(); i++) {
            // read an item as if it were a field of its own, so that it is judged as any other text
            String place = name + "[" + i + "]";
            Mapping one = new Mapping(items.get(i).line(), Map.of(place, items.get(i)));
            new Fields(where, one, findings)
                    .text(place)
                    .filter(text -> !texts.contains(text))
                    .ifPresent(texts::add);
        }
        if (has(name) && texts.isEmpty()) {
            fault(name, "names nothing; add at least one item");
        }
        return texts;
    }

    /// Complains of each field that is none of `known`.
    void refuseOthers(List<String> known) {
        names().stream()
                .filter(name -> !known.contains(name))
                .forEach(name -> fault(name, "this field is not known" + Spelling.advice(name, known)));
    }

    /// Adds a finding about one field; where it is absent, the line is the one its mapping begins on.
    void fault(String name, String message) {
        Yaml value = mapping.fields().get(name);
        findings.add(new Finding(value == null ? line() : value.line(), path(name), message));
    }

    /// Adds a finding about the mapping as a whole.
    void fault(String message) {
        findings.add(new Finding(line(), where, message));
    }

    private <T> Optional<T> wrongKind(String name, String wanted) {
        fault(name, "must be " + wanted);
        return Optional.empty();
    }

    private @Nullable Yaml value(String name) {
        Yaml value = mapping.fields().get(name);
        return value instanceof Scalar scalar && scalar.isNull() ? null : value;
    }

    private String path(String name) {
        String shown = Spelling.shown(name);
        return where.isEmpty() ? shown : where + (where.endsWith(" ") ? "" : ".") + shown;
    }
}
