@NullMarked
package io.sagara.cli.state;

import org.jspecify.annotations.NullMarked;
