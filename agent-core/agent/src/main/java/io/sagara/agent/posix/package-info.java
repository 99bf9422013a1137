/// What the agent asks of the kernel and the JDK does not offer: extended attributes outside `user.*`, mounts,
/// file system statistics. The only package that names jnr.
///
/// It binds the C library through jffi, the lowest layer of jnr, and not through jnr-posix or jnr-ffi, because
/// the first call costs 75 ms that way, 240 ms with jnr-ffi and 400 ms with jnr-posix, which generate classes
/// (measured on 2 cores, Temurin 25, serial GC, C1). Constructing [JnrPosix] costs nothing; the first call pays.
@NullMarked
package io.sagara.agent.posix;

import org.jspecify.annotations.NullMarked;
