/// How GlusterFS' quota translator writes limits and usage into extended attributes. Pure; `agent.mount` reads
/// and writes them through a mount with the client pid -5, the only kind that may set a limit or sees them
/// (an ordinary mount gets EPERM and ENODATA; seen with 10.3).
@NullMarked
package io.sagara.agent.quota;

import org.jspecify.annotations.NullMarked;
