/// What a command is and has at hand, and the commands that only ask the agent. They call it through
/// [AgentConnection] and hand what they learned to [io.sagara.cli.text] to be shown.
@NullMarked
package io.sagara.cli.command;

import org.jspecify.annotations.NullMarked;
