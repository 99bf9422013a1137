/// `sagara up` and `sagara down`: serving pools on this machine, and ending that without a trace.
@NullMarked
package io.sagara.cli.serve;

import org.jspecify.annotations.NullMarked;
