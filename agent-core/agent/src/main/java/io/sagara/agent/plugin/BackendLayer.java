package io.sagara.agent.plugin;

import io.sagara.spi.BackendProvider;
import java.io.IOException;
import java.lang.module.Configuration;
import java.lang.module.FindException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleDescriptor.Requires;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReference;
import java.lang.module.ResolutionException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The modules of one backend jar, on top of the agent's. They see the JDK, the SPI and each other.
final class BackendLayer {
    private static final Logger LOG = LoggerFactory.getLogger(BackendLayer.class);
    private static final Set<String> SHARED =
            Set.of(BackendProvider.class.getModule().getName(), "org.jspecify");

    private final ModuleLayer layer;

    private BackendLayer(ModuleLayer layer) {
        this.layer = layer;
    }

    /// Makes modules of the jar and of those of its libraries that are modules. `loader` loads their classes,
    /// none of which may have been loaded before.
    static BackendLayer define(BackendJar jar, ClassLoader loader) throws RefusedException {
        try {
            List<Path> modular = Stream.concat(Stream.of(jar.staged()), jar.libraries().stream())
                    .filter(BackendLayer::isModule)
                    .toList();
            ModuleFinder finder = ModuleFinder.of(modular.toArray(Path[]::new));
            Set<String> names =
                    finder.findAll().stream().map(m -> m.descriptor().name()).collect(Collectors.toSet());
            checkRequires(finder, names);
            Configuration modules =
                    Configuration.resolve(finder, List.of(agent().configuration()), ModuleFinder.of(), names);
            ModuleLayer.Controller controller = ModuleLayer.defineModules(modules, List.of(agent()), module -> loader);
            for (Module module : controller.layer().modules()) {
                // libraries that are no modules
                controller.addReads(module, loader.getUnnamedModule());
                loadProviders(module, loader);
            }
            return new BackendLayer(controller.layer());
        } catch (FindException | ResolutionException | LayerInstantiationException e) {
            throw new RefusedException("cannot be made a module: " + e.getMessage(), e);
        }
    }

    /// The modules of the JDK that are there.
    static Stream<Module> jdkModules() {
        return agent().modules().stream().filter(m -> isJdk(m.getName()));
    }

    /// Makes the one provider of the layer.
    BackendProvider provider() {
        return declared().get();
    }

    /// The class of the provider.
    Class<? extends BackendProvider> providerClass() {
        return declared().type();
    }

    private ServiceLoader.Provider<BackendProvider> declared() {
        // the agent's own layer is looked through as well
        return ServiceLoader.load(layer, BackendProvider.class).stream()
                .filter(p -> layer.equals(p.type().getModule().getLayer()))
                .findFirst()
                .orElseThrow();
    }

    private static ModuleLayer agent() {
        return Objects.requireNonNull(
                BackendProvider.class.getModule().getLayer(), "run the agent on the module path, not the class path");
    }

    private static boolean isModule(Path jar) {
        try (JarFile file = new JarFile(jar.toFile(), false, ZipFile.OPEN_READ, Runtime.version())) {
            return file.getJarEntry("module-info.class") != null;
        } catch (IOException e) {
            throw new FindException("a library on its Bundle-ClassPath is broken: " + e.getMessage(), e);
        }
    }

    /// ServiceLoader finds the classes of a named module by a method that Felix's loader does not have, unless
    /// they are loaded already. Where one of a library cannot be, whoever asks for the service is told.
    private static void loadProviders(Module module, ClassLoader loader) throws RefusedException {
        for (ModuleDescriptor.Provides provides : module.getDescriptor().provides()) {
            for (String provider : provides.providers()) {
                try {
                    var _ = loader.loadClass(provider);
                } catch (ClassNotFoundException | LinkageError e) {
                    if (provides.service().equals(BackendProvider.class.getName())) {
                        throw new RefusedException("fails: " + provider + " cannot be loaded: " + e, e);
                    }
                    LOG.atDebug().addKeyValue("class", provider).setCause(e).log("provider not loaded");
                }
            }
        }
    }

    private static boolean isJdk(String module) {
        return agent().configuration()
                .findModule(module)
                .flatMap(m -> m.reference().location())
                .filter(l -> "jrt".equals(l.getScheme()))
                .isPresent();
    }

    /// The agent's libraries are on the same module path, but are the agent's alone.
    private static void checkRequires(ModuleFinder finder, Set<String> own) throws RefusedException {
        for (ModuleReference module : finder.findAll()) {
            for (Requires requires : module.descriptor().requires()) {
                String name = requires.name();
                boolean optional = requires.modifiers().contains(Requires.Modifier.STATIC);
                if (!optional && !own.contains(name) && !SHARED.contains(name) && !isJdk(name)) {
                    throw new RefusedException("module " + module.descriptor().name() + " requires " + name
                            + ", which is neither in the jar nor offered by the agent; put it on the jar's"
                            + " Bundle-ClassPath, and where it is no named module say 'requires static'");
                }
            }
        }
    }
}
