/// The CSI driver. Start at [io.sagara.csi.Sidecar], which wires [io.sagara.csi.IdentityService],
/// [io.sagara.csi.ControllerService] and [io.sagara.csi.NodeService] to the agent; what a request must look
/// like is in [io.sagara.csi.request].
@NullMarked
package io.sagara.csi;

import org.jspecify.annotations.NullMarked;
