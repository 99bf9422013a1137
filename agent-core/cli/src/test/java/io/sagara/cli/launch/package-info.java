@NullMarked
package io.sagara.cli.launch;

import org.jspecify.annotations.NullMarked;
