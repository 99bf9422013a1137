/// Tests of pools in a cluster of someone else, with a glusterd that is none.
@NullMarked
package io.sagara.backend.external;

import org.jspecify.annotations.NullMarked;
