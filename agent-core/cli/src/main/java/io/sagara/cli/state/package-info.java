/// The state directory as the command line sees it: whether it is ours, who works on it, what of it still runs,
/// and how it is removed. The agent owns what is inside.
@NullMarked
package io.sagara.cli.state;

import org.jspecify.annotations.NullMarked;
