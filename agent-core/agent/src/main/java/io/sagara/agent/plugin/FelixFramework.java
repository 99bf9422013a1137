package io.sagara.agent.plugin;

import io.sagara.spi.BackendProvider;
import java.lang.module.ModuleDescriptor;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.stream.Collectors;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.Version;
import org.osgi.framework.VersionRange;
import org.osgi.framework.launch.Framework;
import org.osgi.framework.launch.FrameworkFactory;
import org.osgi.framework.wiring.BundleWiring;

/// The embedded Felix: class loaders that keep backends apart. The only class that names OSGi. Any number of
/// threads may call.
final class FelixFramework implements AutoCloseable {
    private static final long STOP_MILLIS = 10_000;

    private final Framework framework;

    private FelixFramework(Framework framework) {
        this.framework = framework;
    }

    /// Starts an empty framework that keeps its files in `storage`, which it empties first. Call it on a daemon
    /// thread: Felix's threads inherit that, and must not keep the JVM alive.
    static FelixFramework start(Path storage) {
        Map<String, String> settings = new HashMap<>();
        settings.put(Constants.FRAMEWORK_STORAGE, storage.toString());
        settings.put(Constants.FRAMEWORK_STORAGE_CLEAN, Constants.FRAMEWORK_STORAGE_CLEAN_ONFIRSTINIT);
        settings.put(Constants.FRAMEWORK_SYSTEMPACKAGES, jdkPackages());
        settings.put(Constants.FRAMEWORK_SYSTEMPACKAGES_EXTRA, sharedPackages());
        // an update loads the new version beside the old one
        settings.put(Constants.FRAMEWORK_BSNVERSION, Constants.FRAMEWORK_BSNVERSION_MULTIPLE);
        // its URL handlers are set once per JVM and cannot be taken back
        settings.put("felix.service.urlhandlers", "false");
        // the agent's own lock guards the state directory
        settings.put("felix.cache.locking", "false");
        // one backend at a time is resolved; no threads for that
        settings.put("felix.resolver.parallelism", "1");
        // it writes to System.out; what matters arrives as exceptions
        settings.put("felix.log.level", "0");
        try {
            Framework framework = ServiceLoader.load(FrameworkFactory.class)
                    .findFirst()
                    .orElseThrow()
                    .newFramework(settings);
            framework.start();
            return new FelixFramework(framework);
        } catch (BundleException e) {
            throw new IllegalStateException("Felix does not start in " + storage + ": " + e.getMessage(), e);
        }
    }

    /// Whether the OSGi version range `range` has `version` in it.
    static boolean inRange(String range, String version) throws RefusedException {
        try {
            return VersionRange.valueOf(range).includes(Version.valueOf(version));
        } catch (IllegalArgumentException e) {
            throw new RefusedException("has '" + range + "' in its manifest, which is no version range", e);
        }
    }

    /// Adds a bundle and finds all that it imports.
    Bundle install(Path jar) throws RefusedException {
        try {
            Bundle bundle = new Bundle(framework.getBundleContext().installBundle("reference:" + jar.toUri()));
            bundle.resolve();
            return bundle;
        } catch (BundleException e) {
            throw new RefusedException("is no OSGi bundle: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        try {
            framework.stop();
            framework.waitForStop(STOP_MILLIS);
        } catch (BundleException e) {
            throw new IllegalStateException("Felix does not stop: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// What the JDK's modules export, and nothing of the agent or of its libraries.
    private static String jdkPackages() {
        return BackendLayer.jdkModules()
                .flatMap(m -> m.getDescriptor().exports().stream())
                .filter(e -> !e.isQualified())
                .map(ModuleDescriptor.Exports::source)
                .collect(Collectors.joining(","));
    }

    /// What the agent shares with backends.
    private static String sharedPackages() {
        return BackendProvider.class.getPackageName() + ";version=\"" + BackendProvider.SPI_VERSION + "\","
                + "org.jspecify.annotations;version=\"1.0.1\"";
    }

    /// A bundle in the framework.
    static final class Bundle {
        private final org.osgi.framework.Bundle bundle;

        private Bundle(org.osgi.framework.Bundle bundle) {
            this.bundle = bundle;
        }

        private void resolve() throws RefusedException {
            try {
                // there is no activator; this resolves, and says why where it cannot
                bundle.start();
            } catch (BundleException e) {
                uninstall();
                throw new RefusedException(
                        "imports what is not there: " + e.getMessage() + "; put the library into the jar", e);
            }
        }

        /// Loads its classes.
        ClassLoader classLoader() {
            return bundle.adapt(BundleWiring.class).getClassLoader();
        }

        /// Takes it out of the framework, which lets its classes be collected.
        void uninstall() {
            try {
                bundle.uninstall();
            } catch (BundleException e) {
                throw new IllegalStateException("Felix keeps " + bundle.getLocation() + ": " + e.getMessage(), e);
            }
        }
    }
}
