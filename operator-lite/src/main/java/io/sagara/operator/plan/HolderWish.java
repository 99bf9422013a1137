package io.sagara.operator.plan;

/// A claim that a pool needs a pod for. `node`: the only one it may be on; empty where any will do.
public record HolderWish(String pool, String claim, String node) {}
