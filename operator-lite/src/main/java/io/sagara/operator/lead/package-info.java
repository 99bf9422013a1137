/// The work that one instance of the cluster does for all: it decides about pools, records what was decided
/// before any agent hears of it, makes StorageClasses and the CSIDriver, and reports how pools are.
@NullMarked
package io.sagara.operator.lead;

import org.jspecify.annotations.NullMarked;
