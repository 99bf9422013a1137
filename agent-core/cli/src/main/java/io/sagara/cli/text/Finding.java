package io.sagara.cli.text;

/// Something that is not as it should be. `where`: the pool, brick or process. `urgent`: whether something
/// does not work because of it. `advice`: one line, what to do.
public record Finding(String where, boolean urgent, String what, String advice) {}
