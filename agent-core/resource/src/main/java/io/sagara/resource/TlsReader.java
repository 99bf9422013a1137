package io.sagara.resource;

import io.sagara.api.v1.Tls;
import java.util.List;
import java.util.Optional;

/// Reads the field `tls` of a pool or of its `details`.
final class TlsReader {
    private static final List<String> FILES = List.of("ca", "certificate", "key");

    private TlsReader() {}

    /// Empty where `of` has no such field. What is wrong is in its findings.
    static Optional<Tls> read(Fields of) {
        return of.mapping("tls").map(TlsReader::fields);
    }

    private static Tls fields(Fields fields) {
        fields.refuseOthers(List.of("ca", "certificate", "key", "secretName", "allowedNames", "management"));
        Tls.Builder tls = Tls.newBuilder();
        boolean files = FILES.stream().anyMatch(fields::has);
        if (files && fields.has("secretName")) {
            fields.fault("secretName", "stands beside files; give a Secret, or 'ca', 'certificate' and 'key'");
        } else if (!files && !fields.has("secretName")) {
            fields.fault("says not where certificates are; give 'secretName', or 'ca', 'certificate' and 'key'");
        }
        for (String file : FILES) {
            if (files && !fields.has(file)) {
                fields.fault(file, "is missing; TLS needs 'ca', 'certificate' and 'key'");
            }
        }
        path(fields, "ca").ifPresent(tls::setCa);
        path(fields, "certificate").ifPresent(tls::setCertificate);
        path(fields, "key").ifPresent(tls::setKey);
        fields.text("secretName").ifPresent(tls::setSecretName);
        fields.flag("management").ifPresent(tls::setManagement);
        fields.texts("allowedNames").forEach(name -> {
            if (name.matches("[^\\s,`\"\\\\]+")) {
                tls.addAllowedNames(name);
            } else {
                fields.fault(
                        "allowedNames",
                        "'" + Spelling.shown(name)
                                + "' has a blank, comma, quote or backslash; put the pattern '?' in its place");
            }
        });
        return tls.build();
    }

    private static Optional<String> path(Fields fields, String name) {
        return fields.text(name).flatMap(path -> AbsolutePaths.checked(fields, name, path));
    }
}
