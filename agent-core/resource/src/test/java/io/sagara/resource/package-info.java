@NullMarked
package io.sagara.resource;

import org.jspecify.annotations.NullMarked;
