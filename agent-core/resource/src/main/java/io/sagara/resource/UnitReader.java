package io.sagara.resource;

import io.sagara.api.v1.BrickSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// Reads one entry of `spec.storage`: a node, one source, and options of the unit.
///
/// The source is `path`, `device` or `pvc`, or any other key, which then names the backend: `zfs: tank/x`.
/// Where such an entry has options too, only the source may be meant by a mapping: `zfs: {source: tank/x,
/// compression: lz4}`.
final class UnitReader {
    private static final List<String> SOURCES = List.of("path", "device", "pvc");
    private static final List<String> WELL_KNOWN_OPTIONS = List.of("wipe", "filesystem");
    private static final List<String> KNOWN =
            List.of("node", "path", "device", "pvc", "decommissioned", "wipe", "filesystem");
    // BackendProvider.type
    private static final Pattern BACKEND = Pattern.compile("[a-z0-9]{1,40}");
    private static final Pattern OPTION = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");
    // a Kubernetes name: RFC 1123 subdomain
    private static final Pattern CLAIM = Pattern.compile("[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?");

    private final Nodes nodes;

    UnitReader(Nodes nodes) {
        this.nodes = nodes;
    }

    /// The unit as far as it could be read.
    BrickSpec read(Fields unit) {
        BrickSpec.Builder brick = BrickSpec.newBuilder();
        unit.flag("decommissioned").ifPresent(brick::setDecommissioned);
        List<String> sources = SOURCES.stream().filter(unit::has).toList();
        List<String> others = others(unit);
        if (sources.size() > 1) {
            unit.fault("names " + String.join(" and ", sources) + "; a unit is one of them, so remove the others");
        } else if (sources.size() == 1) {
            brick.setType(sources.getFirst());
            source(unit, sources.getFirst()).ifPresent(brick::setSource);
            options(unit, others, brick);
        } else {
            foreign(unit, others, brick);
        }
        node(unit, brick.getType()).ifPresent(brick::setNode);
        return brick.build();
    }

    /// The fields with a meaning that only the backend knows; slips of known ones are refused here.
    private static List<String> others(Fields unit) {
        List<String> others = new ArrayList<>();
        for (String name : unit.names()) {
            boolean fixed = KNOWN.contains(name) && !WELL_KNOWN_OPTIONS.contains(name);
            Optional<String> meant = KNOWN.contains(name) ? Optional.empty() : Spelling.nearest(name, KNOWN);
            if (meant.isPresent()) {
                unit.fault(name, "this field is not known; did you mean '" + meant.get() + "'?");
            } else if (!fixed && unit.has(name)) {
                others.add(name);
            }
        }
        return others;
    }

    private static void options(Fields unit, List<String> names, BrickSpec.Builder brick) {
        for (String name : names) {
            if (OPTION.matcher(name).matches()) {
                unit.textOrEmpty(name).ifPresent(value -> brick.putUnitOptions(name, value));
            } else {
                unit.fault(name, "is no name of an option; use letters, digits, '.', '_' and '-'");
            }
        }
    }

    /// An entry of a backend we do not know: find which key is its source.
    private static void foreign(Fields unit, List<String> names, BrickSpec.Builder brick) {
        List<String> candidates = names.stream()
                .filter(name -> !WELL_KNOWN_OPTIONS.contains(name))
                .toList();
        List<String> nested = candidates.stream().filter(unit::isMapping).toList();
        List<String> types = nested.isEmpty() ? candidates : nested;
        boolean slipped = unit.names().stream().anyMatch(name -> !KNOWN.contains(name));
        if (types.isEmpty() && slipped) {
            return;
        }
        if (types.isEmpty()) {
            unit.fault("names no storage; add one of 'path: /directory', 'device: /dev/disk/by-id/…', 'pvc: claim'");
        } else if (types.size() > 1) {
            unit.fault("names no path, device or pvc, and which of " + Spelling.shown(String.join(", ", types))
                    + " is the storage is not clear; write it as 'backend: {source: …, option: …}'");
        } else if (!BACKEND.matcher(types.getFirst()).matches()) {
            unit.fault(types.getFirst(), "is no type of a backend; use lower-case letters and digits");
        } else {
            foreign(unit, types.getFirst(), names, brick);
        }
    }

    private static void foreign(Fields unit, String type, List<String> names, BrickSpec.Builder brick) {
        brick.setType(type);
        options(unit, names.stream().filter(name -> !name.equals(type)).toList(), brick);
        if (!unit.isMapping(type)) {
            unit.text(type).ifPresent(brick::setSource);
            return;
        }
        unit.mapping(type).ifPresent(inner -> {
            if (!inner.has("source")) {
                inner.fault("source", "is missing; say what the backend finds the storage by");
            }
            inner.text("source").ifPresent(brick::setSource);
            List<String> options = inner.names().stream()
                    .filter(name -> !name.equals("source") && inner.has(name))
                    .toList();
            options(inner, options, brick);
        });
    }

    private static Optional<String> source(Fields unit, String type) {
        Optional<String> text = unit.text(type);
        if (!type.equals("pvc")) {
            return text.flatMap(path -> AbsolutePaths.checked(unit, type, path));
        }
        return text.filter(claim -> {
            boolean valid = CLAIM.matcher(claim).matches();
            if (!valid) {
                unit.fault(type, "'" + Spelling.shown(claim) + "' is no name of a PersistentVolumeClaim");
            }
            return valid;
        });
    }

    private Optional<String> node(Fields unit, String type) {
        if (!unit.has("node") && !type.equals("pvc")) {
            unit.fault("node", "is missing; " + wanted());
            return Optional.empty();
        }
        Optional<String> node = unit.text("node");
        return switch (nodes) {
            case Nodes.Any _ -> node;
            case Nodes.Only only -> {
                node.filter(name -> !only.means(name))
                        .ifPresent(name -> unit.fault(
                                "node",
                                "'" + Spelling.shown(name) + "' is not this machine, and no other is served; "
                                        + wanted()));
                yield Optional.of(only.name());
            }
        };
    }

    private String wanted() {
        return switch (nodes) {
            case Nodes.Any _ -> "write the name of a node, as 'kubectl get nodes' shows it";
            case Nodes.Only only -> "write 'node: " + only.name() + "'";
        };
    }
}
