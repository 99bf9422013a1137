/// Files that survive crashes: [io.sagara.agent.file.AtomicFile] replaces one as a whole or not at all, and
/// [io.sagara.agent.file.FileChanges] is the seam at which tests let the machine die between two steps.
@NullMarked
package io.sagara.agent.file;

import org.jspecify.annotations.NullMarked;
