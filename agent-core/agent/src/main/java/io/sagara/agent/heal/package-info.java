/// Copies and fragments that differ: starting to make them equal ([io.sagara.agent.heal.SelfHeal]), and files
/// of which no copy is the right one by itself ([io.sagara.agent.heal.SplitBrain]).
@NullMarked
package io.sagara.agent.heal;

import org.jspecify.annotations.NullMarked;
