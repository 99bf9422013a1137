/// Sagara as its users see it: a script, two sockets, real GlusterFS. [Standalone] runs it, [CsiClient] speaks
/// to it, [Demo] shows it.
@NullMarked
package io.sagara.integration;

import org.jspecify.annotations.NullMarked;
