/// The graphs of a pool's processes, made from a [io.sagara.volfile.stack.PoolShape]:
/// [io.sagara.volfile.stack.BrickStack], [io.sagara.volfile.stack.ClientStack],
/// [io.sagara.volfile.stack.HealStack], [io.sagara.volfile.stack.QuotaStack] and
/// [io.sagara.volfile.stack.RebalanceStack]. Each holds its order of translators as one list, with the reasons.
/// All functions are pure and may be called from any thread.
@NullMarked
package io.sagara.volfile.stack;

import org.jspecify.annotations.NullMarked;
