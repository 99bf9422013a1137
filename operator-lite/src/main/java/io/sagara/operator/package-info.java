/// The process: its settings and its wiring.
@NullMarked
package io.sagara.operator;

import org.jspecify.annotations.NullMarked;
