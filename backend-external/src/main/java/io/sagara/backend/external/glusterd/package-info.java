/// What glusterd of another cluster is asked, over its own protocol (ONC RPC): graphs, and the ports of bricks.
@NullMarked
package io.sagara.backend.external.glusterd;

import org.jspecify.annotations.NullMarked;
