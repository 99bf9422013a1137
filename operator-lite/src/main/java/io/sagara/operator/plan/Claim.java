package io.sagara.operator.plan;

/// A PersistentVolumeClaim of our namespace. `block`: whether its volume is a raw block device.
public record Claim(String name, String uid, boolean block) {}
