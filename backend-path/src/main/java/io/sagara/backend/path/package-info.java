/// Bricks in a directory that exists on the host: `- path: /data` becomes the brick `/data/data/brick`, where
/// Kadalu puts it too. Only finding that directory is written here; the rest is lent by the agent.
@NullMarked
package io.sagara.backend.path;

import org.jspecify.annotations.NullMarked;
