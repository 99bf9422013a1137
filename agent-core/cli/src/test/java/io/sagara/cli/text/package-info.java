@NullMarked
package io.sagara.cli.text;

import org.jspecify.annotations.NullMarked;
