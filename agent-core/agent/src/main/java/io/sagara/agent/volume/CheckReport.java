package io.sagara.agent.volume;

import java.util.List;

/// What a check of a pool has found, and how many volumes, and archived ones, it looked at.
public record CheckReport(List<Difference> differences, int volumes, int archived) {
    /// Copies the list.
    public CheckReport {
        differences = List.copyOf(differences);
    }
}
