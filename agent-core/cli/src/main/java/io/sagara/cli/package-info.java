/// The `sagara` command: [Main] finds the [io.sagara.cli.command.Command] that was asked for, runs it, and
/// turns what fails into one line and an exit code.
@NullMarked
package io.sagara.cli;

import org.jspecify.annotations.NullMarked;
