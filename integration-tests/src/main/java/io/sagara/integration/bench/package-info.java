/// Benchmarks: programs that print figures beside their floor, measured in the same run. No test depends on a
/// time.
@NullMarked
package io.sagara.integration.bench;

import org.jspecify.annotations.NullMarked;
