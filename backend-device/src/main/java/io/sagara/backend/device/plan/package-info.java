/// What to do with a device, decided from facts alone: nothing here reads or writes anything. [DevicePlan] says
/// how a unit is attached, [ErasePlan] how its data is removed; both refuse rather than guess. The order of
/// their rules is the safety of the data:
///
/// 1. A file system that the record of this brick names by its UUID is the brick, under whatever name the
///    device has today, and is never formatted again.
/// 2. A brick whose file system is nowhere to be found is not made anew on what has its name now.
/// 3. A device that anything uses is left alone, whatever the user asks for.
/// 4. A brick of this pool is taken over, a brick of another pool is kept.
/// 5. Only then does `wipe` count, and only then is a blank device formatted.
@NullMarked
package io.sagara.backend.device.plan;

import org.jspecify.annotations.NullMarked;
