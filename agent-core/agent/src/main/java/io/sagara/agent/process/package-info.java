/// Processes: the only package that starts or signals one. [Daemons] are the GlusterFS processes that outlive
/// the agent; commands are short programs of the operating system.
@NullMarked
package io.sagara.agent.process;

import org.jspecify.annotations.NullMarked;
