/// The parts of CSI requests as checked values. Everything here is a pure function; what cannot be used is
/// refused with the problem that CSI asks for and a message that says what to do.
@NullMarked
package io.sagara.csi.request;

import org.jspecify.annotations.NullMarked;
