/// What people and scripts are shown. Nothing here calls anything.
@NullMarked
package io.sagara.cli.text;

import org.jspecify.annotations.NullMarked;
