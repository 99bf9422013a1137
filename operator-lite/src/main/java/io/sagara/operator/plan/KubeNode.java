package io.sagara.operator.plan;

import java.util.Optional;

/// A node of the cluster. `hostname`: its label kubernetes.io/hostname, which is how Kadalu calls it.
/// `address`: its InternalIP. `ready`: whether its kubelet says so.
public record KubeNode(String name, String hostname, Optional<String> address, boolean ready) {}
