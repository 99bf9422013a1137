package io.sagara.cli.text;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.MessageOrBuilder;
import com.google.protobuf.util.JsonFormat;
import io.sagara.api.v1.AgentInfo;
import java.util.List;
import java.util.stream.Collectors;

/// JSON for scripts: messages of the agent's API (agent.proto) in protobuf's canonical JSON, where field names
/// are in camel case and 64-bit numbers are strings. Fields are added over time, never renamed.
public final class Json {
    private static final JsonFormat.Printer PRINTER = JsonFormat.printer().alwaysPrintFieldsWithNoPresence();

    private Json() {}

    /// `{"state": DIR, "ready": …, "agent": AgentInfo or null, "agentSocket": …, "csiSocket": …,
    /// "csiListening": …, "pools": [PoolStatus…]}`.
    public static String of(Snapshot snapshot) {
        return """
                {
                  "state": %s,
                  "ready": %b,
                  "agent": %s,
                  "agentSocket": %s,
                  "csiSocket": %s,
                  "csiListening": %b,
                  "pools": %s
                }
                """.formatted(
                        quoted(snapshot.state().toString()),
                        snapshot.ready(),
                        snapshot.agent().map(info -> inner(of(info))).orElse("null"),
                        quoted(snapshot.state().resolve("agent.sock").toString()),
                        quoted(snapshot.state().resolve("csi.sock").toString()),
                        snapshot.csiListening(),
                        inner(of(snapshot.pools())));
    }

    /// `{"well": …, "versions": {"sagara": …, "glusterfs": …}, "findings": [{"where": …, "urgent": …, "what": …,
    /// "advice": …}]}`.
    public static String findings(Snapshot snapshot, List<Finding> findings) {
        AgentInfo agent = snapshot.agent().orElseGet(AgentInfo::getDefaultInstance);
        return """
                {
                  "well": %b,
                  "versions": {"sagara": %s, "glusterfs": %s},
                  "findings": %s
                }
                """.formatted(
                        findings.isEmpty(),
                        quoted(agent.getVersion()),
                        quoted(agent.getGlusterfsVersion()),
                        findings.stream()
                                .map(finding -> "\n    {\"where\": %s, \"urgent\": %b, \"what\": %s, \"advice\": %s}"
                                        .formatted(
                                                quoted(finding.where()),
                                                finding.urgent(),
                                                quoted(finding.what()),
                                                quoted(finding.advice())))
                                .collect(Collectors.joining(",", "[", "]")));
    }

    /// One message.
    public static String of(MessageOrBuilder message) {
        try {
            return PRINTER.print(message);
        } catch (InvalidProtocolBufferException e) {
            // only Any can fail to print, and the API has none
            throw new IllegalStateException("a message of the API has no JSON form", e);
        }
    }

    /// An array of messages.
    public static String of(List<? extends Message> messages) {
        return messages.isEmpty()
                ? "[]"
                : messages.stream()
                        .map(message -> "  " + inner(of(message)))
                        .collect(Collectors.joining(",\n", "[\n", "\n]"));
    }

    /// Moves all lines but the first in; no text in JSON spans lines.
    private static String inner(String json) {
        return json.replace("\n", "\n  ");
    }

    private static String quoted(String text) {
        StringBuilder json = new StringBuilder("\"");
        text.codePoints().forEach(c -> {
            if (c == '"' || c == '\\') {
                json.append('\\').appendCodePoint(c);
            } else if (c < ' ') {
                json.append("\\u%04x".formatted(c));
            } else {
                json.appendCodePoint(c);
            }
        });
        return json.append('"').toString();
    }
}
