@NullMarked
package io.sagara.cli;

import org.jspecify.annotations.NullMarked;
