package io.sagara.spi;

/// What one look at a brick found.
///
/// `serving`: its process runs and its directory can be used. `detail`: for people, what is wrong and what to
/// do, or what it does. `total`, `free`: the space of the file system it lives on, zero where unknown.
public record BrickHealth(boolean serving, String detail, Bytes total, Bytes free) {}
