/// Certificates of pools with TLS: read from files or a Secret, checked, kept where GlusterFS' processes read them.
@NullMarked
package io.sagara.agent.tls;

import org.jspecify.annotations.NullMarked;
