package io.sagara.agent.account;

/// A granted reservation. `fresh`: this call made it; otherwise an earlier one had.
public record Reservation(LedgerEntry entry, boolean fresh) {}
