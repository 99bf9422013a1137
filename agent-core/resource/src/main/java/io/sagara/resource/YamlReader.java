package io.sagara.resource;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.common.Anchor;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/// Reads YAML text into values that know their line. It builds them from parser events with a stack of its own,
/// so that no text can exhaust the thread's stack.
final class YamlReader {
    // a pool is 5 levels deep; the limit only has to stop texts made to hurt
    private static final int MAX_DEPTH = 64;
    // far above any list of pools, far below what would fill a small heap
    private static final int MAX_CODE_POINTS = 1 << 20;

    private final List<Finding> findings;
    private final List<Yaml> documents = new ArrayList<>();
    private final Deque<Open> open = new ArrayDeque<>();
    private final Map<Anchor, Yaml> anchors = new HashMap<>();

    private YamlReader(List<Finding> findings) {
        this.findings = findings;
    }

    /// The documents of `text`. What cannot be read is added to `findings`; after a syntax error nothing that
    /// follows it is returned.
    static List<Yaml> read(String text, List<Finding> findings) {
        YamlReader reader = new YamlReader(findings);
        LoadSettings settings =
                LoadSettings.builder().setCodePointLimit(MAX_CODE_POINTS).build();
        try {
            for (Event event : new Parse(settings).parseString(text)) {
                reader.take(event);
            }
        } catch (StopReading e) {
            findings.add(e.finding);
        } catch (MarkedYamlEngineException e) {
            int line = e.getProblemMark().map(Mark::getLine).orElse(-1) + 1;
            findings.add(new Finding(line, "", "this is not YAML: " + e.getProblem() + "; correct it"));
        } catch (YamlEngineException e) {
            findings.add(new Finding(0, "", "this is not YAML: " + firstLine(e.getMessage()) + "; correct it"));
        }
        return reader.documents;
    }

    private void take(Event event) {
        switch (event.getEventId()) {
            case Scalar -> {
                ScalarEvent scalar = (ScalarEvent) event;
                Yaml value = new Yaml.Scalar(line(event), scalar.getValue(), scalar.isPlain());
                scalar.getAnchor().ifPresent(name -> anchors.put(name, value));
                add(value);
            }
            case Alias -> add(aliased((AliasEvent) event));
            case SequenceStart -> push(event, null);
            case MappingStart -> push(event, new LinkedHashMap<>());
            case SequenceEnd, MappingEnd -> {
                Open ended = open.pop();
                Yaml value = ended.value();
                ended.anchor.ifPresent(name -> anchors.put(name, value));
                add(value);
            }
            case DocumentStart -> anchors.clear();
            case DocumentEnd, StreamStart, StreamEnd, Comment -> {}
        }
    }

    private void push(Event event, @Nullable Map<String, Yaml> fields) {
        if (open.size() == MAX_DEPTH) {
            throw new StopReading(new Finding(
                    line(event), "", "values are nested more than " + MAX_DEPTH + " levels deep; a pool needs 5"));
        }
        open.push(new Open(line(event), ((NodeEvent) event).getAnchor(), fields));
    }

    private Yaml aliased(AliasEvent event) {
        Yaml value = anchors.get(event.getAlias());
        if (value == null) {
            throw new StopReading(new Finding(
                    line(event),
                    "",
                    "*" + event.getAlias() + " refers to nothing that is complete before it; write the value out"));
        }
        return value;
    }

    private void add(Yaml value) {
        Open parent = open.peek();
        if (parent == null) {
            documents.add(value);
        } else {
            parent.add(value, findings);
        }
    }

    private static int line(Event event) {
        return event.getStartMark().map(Mark::getLine).orElse(-1) + 1;
    }

    private static String firstLine(@Nullable String message) {
        return message == null
                ? "it cannot be read"
                : message.lines().findFirst().orElse("it cannot be read");
    }

    /// A list or mapping whose end has not been read yet.
    private static final class Open {
        private final int line;
        private final Optional<Anchor> anchor;
        private final @Nullable Map<String, Yaml> fields;
        private final List<Yaml> items = new ArrayList<>();
        private Yaml.@Nullable Scalar key;
        private boolean skipsValue;

        Open(int line, Optional<Anchor> anchor, @Nullable Map<String, Yaml> fields) {
            this.line = line;
            this.anchor = anchor;
            this.fields = fields;
        }

        void add(Yaml value, List<Finding> findings) {
            if (fields == null) {
                items.add(value);
            } else if (skipsValue) {
                skipsValue = false;
            } else if (key == null) {
                takeKey(value, findings);
            } else {
                Yaml before = fields.putIfAbsent(key.text(), value);
                if (before != null) {
                    findings.add(new Finding(
                            key.line(),
                            "",
                            "the field '" + Spelling.shown(key.text()) + "' is there twice, the first time with a value"
                                    + " on line " + before.line() + "; leave one"));
                }
                key = null;
            }
        }

        private void takeKey(Yaml value, List<Finding> findings) {
            if (value instanceof Yaml.Scalar name) {
                key = name;
            } else {
                findings.add(
                        new Finding(value.line(), "", "the name of a field must be a word, not a list or mapping"));
                skipsValue = true;
            }
        }

        Yaml value() {
            return fields == null ? new Yaml.Sequence(line, items) : new Yaml.Mapping(line, fields);
        }
    }

    /// Ends reading at the first thing after which nothing can be trusted.
    private static final class StopReading extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final transient Finding finding;

        StopReading(Finding finding) {
            super(finding.toString(), null, false, false);
            this.finding = finding;
        }
    }
}
