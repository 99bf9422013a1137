package io.sagara.agent.plugin;

import io.sagara.spi.BackendProvider;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pf4j.AbstractPluginManager;
import org.pf4j.DefaultPluginRepository;
import org.pf4j.DefaultVersionManager;
import org.pf4j.ExtensionDescriptor;
import org.pf4j.ExtensionFactory;
import org.pf4j.ExtensionFinder;
import org.pf4j.ExtensionWrapper;
import org.pf4j.ManifestPluginDescriptorFinder;
import org.pf4j.Plugin;
import org.pf4j.PluginDescriptor;
import org.pf4j.PluginDescriptorFinder;
import org.pf4j.PluginFactory;
import org.pf4j.PluginLoader;
import org.pf4j.PluginRepository;
import org.pf4j.PluginRuntimeException;
import org.pf4j.PluginStatusProvider;
import org.pf4j.PluginWrapper;
import org.pf4j.VersionManager;

/// One backend jar as a PF4J plugin whose classes Felix loads. The only class that names PF4J.
///
/// Each jar has a PluginManager of its own: one manager never holds two plugins of one id, but an update has
/// the new version up before it takes the old one down; and managers are not made for several threads.
final class Pf4jHost implements AutoCloseable {
    private final OneJar manager;
    private final String id;

    private Pf4jHost(OneJar manager, String id) {
        this.manager = manager;
        this.id = id;
    }

    /// Brings the plugin to where its provider can be asked for. On failure nothing of it is left.
    static Pf4jHost open(BackendJar jar, FelixFramework felix) throws RefusedException {
        OneJar manager = new OneJar(jar, felix);
        try {
            String id = manager.loadPlugin(jar.staged());
            PluginWrapper plugin = manager.getPlugin(id);
            if (plugin.getPluginState().isDisabled()) {
                throw new RefusedException("needs SPI " + plugin.getDescriptor().getRequires()
                        + " (Plugin-Requires), this agent has " + BackendProvider.SPI_VERSION
                        + "; use a build of this backend for that SPI, or another agent");
            }
            if (!manager.startPlugin(id).isStarted()) {
                throw new RefusedException("does not start: " + plugin.getFailedException());
            }
            return new Pf4jHost(manager, id);
        } catch (RefusedException e) {
            manager.uninstall();
            throw e;
        } catch (RuntimeException e) {
            manager.uninstall();
            if (e.getCause() instanceof RefusedException refused) {
                throw refused;
            }
            throw new RefusedException("is no PF4J plugin: " + e.getMessage(), e);
        }
    }

    /// Makes the provider. Throws whatever its constructor throws, wrapped or not.
    BackendProvider provider() {
        return manager.getExtensions(BackendProvider.class, id).getFirst();
    }

    /// What code of the plugin expects as the context class loader.
    ClassLoader classLoader() {
        return manager.getPluginClassLoader(id);
    }

    /// Unloads the plugin.
    @Override
    public void close() {
        try {
            // not stopPlugins, which changes the list it walks
            manager.unloadPlugin(id);
        } finally {
            manager.uninstall();
        }
    }

    private static final class OneJar extends AbstractPluginManager {
        private final BackendJar jar;
        private final FelixFramework felix;
        private FelixFramework.@Nullable Bundle bundle;
        private @Nullable BackendLayer layer;

        OneJar(BackendJar jar, FelixFramework felix) {
            this.jar = jar;
            this.felix = felix;
            super(List.of(jar.staged().getParent()));
            setSystemVersion(BackendProvider.SPI_VERSION);
        }

        private ClassLoader load() throws RefusedException {
            bundle = felix.install(jar.staged());
            ClassLoader loader = bundle.classLoader();
            layer = BackendLayer.define(jar, loader);
            return loader;
        }

        void uninstall() {
            if (bundle != null) {
                bundle.uninstall();
                bundle = null;
            }
        }

        private BackendLayer layer() {
            if (layer == null) {
                throw new IllegalStateException(jar.name() + " is not loaded");
            }
            return layer;
        }

        @Override
        protected PluginLoader createPluginLoader() {
            return new PluginLoader() {
                @Override
                public boolean isApplicable(Path path) {
                    return path.equals(jar.staged());
                }

                @Override
                public ClassLoader loadPlugin(Path path, PluginDescriptor descriptor) {
                    try {
                        return load();
                    } catch (RefusedException e) {
                        throw new PluginRuntimeException(e);
                    }
                }
            };
        }

        @Override
        protected ExtensionFinder createExtensionFinder() {
            return new ProviderFinder(this);
        }

        @Override
        protected ExtensionFactory createExtensionFactory() {
            return new ExtensionFactory() {
                @Override
                public <T> T create(Class<T> type) {
                    // PF4J's own calls the constructor, which a module that exports nothing does not allow
                    return type.cast(layer().provider());
                }
            };
        }

        @Override
        protected PluginFactory createPluginFactory() {
            // PF4J's own would have the bundle load a class of PF4J, which backends do not see
            return wrapper -> new Plugin();
        }

        @Override
        protected PluginDescriptorFinder createPluginDescriptorFinder() {
            return new ManifestPluginDescriptorFinder();
        }

        @Override
        protected PluginRepository createPluginRepository() {
            return new DefaultPluginRepository(jar.staged().getParent());
        }

        @Override
        protected PluginStatusProvider createPluginStatusProvider() {
            return new EveryPluginEnabled();
        }

        @Override
        protected VersionManager createVersionManager() {
            return new DefaultVersionManager();
        }
    }

    /// Whether a backend is used is decided by whether its jar is there.
    private static final class EveryPluginEnabled implements PluginStatusProvider {
        @Override
        public boolean isPluginDisabled(String id) {
            return false;
        }

        @Override
        public void disablePlugin(String id) {
            throw new PluginRuntimeException("plugin {} cannot be disabled; remove its jar", id);
        }

        @Override
        public void enablePlugin(String id) {
            // it is
        }
    }

    /// Finds the provider as the module declares it.
    private static final class ProviderFinder implements ExtensionFinder {
        private final OneJar manager;

        ProviderFinder(OneJar manager) {
            this.manager = manager;
        }

        @Override
        public <T> List<ExtensionWrapper<T>> find(Class<T> type) {
            if (type != BackendProvider.class) {
                return List.of();
            }
            ExtensionDescriptor descriptor =
                    new ExtensionDescriptor(0, manager.layer().providerClass());
            return List.of(new ExtensionWrapper<>(descriptor, manager.getExtensionFactory()));
        }

        @Override
        public <T> List<ExtensionWrapper<T>> find(Class<T> type, String id) {
            return find(type);
        }

        @Override
        @SuppressWarnings("rawtypes")
        public List<ExtensionWrapper> find(String id) {
            return List.copyOf(find(BackendProvider.class));
        }

        @Override
        public Set<String> findClassNames(String id) {
            return Set.of(manager.layer().providerClass().getName());
        }
    }
}
