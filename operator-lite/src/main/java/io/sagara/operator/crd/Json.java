package io.sagara.operator.crd;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.MessageOrBuilder;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import com.google.protobuf.util.JsonFormat;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// JSON texts, trees and messages of the agent's API, each from the other. Messages are in protobuf's
/// canonical form: names in camel case, 64-bit numbers as texts.
public final class Json {
    private static final JsonFormat.Printer PRINTER =
            JsonFormat.printer().omittingInsignificantWhitespace().sortingMapKeys();
    // of a newer version of ours, while nodes are upgraded one by one
    private static final JsonFormat.Parser PARSER = JsonFormat.parser().ignoringUnknownFields();
    // up to here a double holds every whole number
    private static final double EXACT = 1L << 53;

    private Json() {}

    /// A tree as text on one line.
    public static String text(Map<String, ?> tree) {
        StringBuilder json = new StringBuilder();
        write(tree, json);
        return json.toString();
    }

    /// A message as text on one line.
    public static String text(MessageOrBuilder message) {
        try {
            return PRINTER.print(message);
        } catch (InvalidProtocolBufferException e) {
            // only Any can fail to print, and the API has none
            throw new IllegalStateException("a message of the API has no JSON form", e);
        }
    }

    /// The tree of a text; empty where it is no JSON object.
    public static Optional<Map<String, Object>> tree(String text) {
        Struct.Builder struct = Struct.newBuilder();
        try {
            PARSER.merge(text, struct);
        } catch (InvalidProtocolBufferException e) {
            return Optional.empty();
        }
        return Optional.of(tree(struct.build()));
    }

    /// The tree of a message.
    public static Map<String, Object> tree(Message message) {
        return tree(text(message)).orElseThrow();
    }

    /// Fills `message` with what a text says; false where it cannot be read.
    public static boolean read(String text, Message.Builder message) {
        try {
            PARSER.merge(text, message);
            return true;
        } catch (InvalidProtocolBufferException e) {
            return false;
        }
    }

    private static Map<String, Object> tree(Struct struct) {
        Map<String, Object> tree = new LinkedHashMap<>();
        struct.getFieldsMap().forEach((name, value) -> {
            if (value.getKindCase() != Value.KindCase.NULL_VALUE) {
                tree.put(name, plain(value));
            }
        });
        return tree;
    }

    private static Object plain(Value value) {
        return switch (value.getKindCase()) {
            case STRING_VALUE -> value.getStringValue();
            case BOOL_VALUE -> value.getBoolValue();
            case NUMBER_VALUE -> number(value.getNumberValue());
            case STRUCT_VALUE -> tree(value.getStructValue());
            case LIST_VALUE -> {
                List<Object> items = new ArrayList<>();
                value.getListValue().getValuesList().forEach(item -> items.add(plain(item)));
                yield items;
            }
            case NULL_VALUE, KIND_NOT_SET -> "";
        };
    }

    private static Object number(double number) {
        if (Math.rint(number) == number && Math.abs(number) <= EXACT) {
            return (long) number;
        }
        return number;
    }

    private static void write(@Nullable Object plain, StringBuilder json) {
        switch (plain) {
            case null -> json.append("null");
            case Map<?, ?> map -> {
                String before = "{";
                for (Map.Entry<?, ?> field : map.entrySet()) {
                    json.append(before);
                    quote(String.valueOf(field.getKey()), json);
                    write(field.getValue(), json.append(':'));
                    before = ",";
                }
                json.append(map.isEmpty() ? "{}" : "}");
            }
            case List<?> list -> {
                String before = "[";
                for (Object item : list) {
                    write(item, json.append(before));
                    before = ",";
                }
                json.append(list.isEmpty() ? "[]" : "]");
            }
            case Boolean flag -> json.append(flag.booleanValue());
            case Number number -> json.append(number);
            default -> quote(plain.toString(), json);
        }
    }

    private static void quote(String text, StringBuilder json) {
        json.append('"');
        text.codePoints().forEach(c -> {
            if (c == '"' || c == '\\') {
                json.append('\\').appendCodePoint(c);
            } else if (c < ' ') {
                json.append("\\u%04x".formatted(c));
            } else {
                json.appendCodePoint(c);
            }
        });
        json.append('"');
    }
}
