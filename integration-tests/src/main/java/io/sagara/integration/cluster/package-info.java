/// A GlusterFS cluster that someone else runs: real glusterd in namespaces of this machine, for the tests and
/// the demo of External pools.
@NullMarked
package io.sagara.integration.cluster;

import org.jspecify.annotations.NullMarked;
