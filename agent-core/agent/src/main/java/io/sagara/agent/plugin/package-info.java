/// Storage backends as plugins. A backend jar is at once a JPMS module, a PF4J plugin and an OSGi bundle: PF4J
/// reads its descriptor, keeps its life cycle and finds its provider ([Pf4jHost]), Felix keeps its classes
/// apart and checks which SPI it was built for ([FelixFramework]), and a module layer over the bundle's class
/// loader keeps it a named module, so that it sees nothing of the agent and the agent nothing of it but what it
/// provides ([BackendLayer]). Every backend comes through this door, Sagara's own too. Start at
/// [BackendPlugins].
@NullMarked
package io.sagara.agent.plugin;

import org.jspecify.annotations.NullMarked;
