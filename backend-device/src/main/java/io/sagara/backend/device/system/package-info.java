/// What this machine shows of devices, and what it is told to do with them: the thin shell below the decisions.
/// Nothing here decides whether it should be done.
@NullMarked
package io.sagara.backend.device.system;

import org.jspecify.annotations.NullMarked;
