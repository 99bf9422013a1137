/// Time as something that is passed in, so that tests of backoff and deadlines take no time.
@NullMarked
package io.sagara.agent.time;

import org.jspecify.annotations.NullMarked;
