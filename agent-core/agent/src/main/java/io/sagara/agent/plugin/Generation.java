package io.sagara.agent.plugin;

import io.sagara.spi.Backend;
import io.sagara.spi.BackendHost;
import io.sagara.spi.BackendProvider;
import io.sagara.spi.Bricks;
import io.sagara.spi.Cluster;
import io.sagara.spi.Provisioning;
import io.sagara.spi.Volfiles;
import java.util.Objects;
import java.util.ServiceConfigurationError;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// One jar, loaded once. An update of a backend makes its next generation.
///
/// Calls hold the read lock; [#retire] takes the write lock, and so waits for them.
final class Generation {
    private static final Pattern TYPE = Pattern.compile("[a-z0-9]+");

    private final BackendJar jar;
    private final Pf4jHost plugin;
    private final BackendProvider provider;
    private final String type;
    private final Set<String> unitOptions;
    private final ReentrantReadWriteLock calls = new ReentrantReadWriteLock();
    private volatile @Nullable Roles roles;
    private boolean retired;

    private Generation(BackendJar jar, Pf4jHost plugin) throws RefusedException {
        this.jar = jar;
        this.plugin = plugin;
        provider = vendor("the provider", plugin::provider);
        type = vendor("type()", provider::type);
        unitOptions = Set.copyOf(vendor("unitOptions()", provider::unitOptions));
        if (!TYPE.matcher(type).matches()) {
            throw new RefusedException("has the type '" + type + "'; use lower-case letters and digits");
        }
    }

    /// Who plays the three roles.
    record Roles(Volfiles volfiles, Bricks bricks, Provisioning provisioning, Cluster cluster) {}

    /// Loads the jar and asks its provider what it is. On failure nothing of it is left.
    static Generation open(BackendJar jar, FelixFramework felix) throws RefusedException {
        Pf4jHost plugin = Pf4jHost.open(jar, felix);
        try {
            return new Generation(jar, plugin);
        } catch (RefusedException e) {
            plugin.close();
            throw e;
        }
    }

    BackendJar jar() {
        return jar;
    }

    String type() {
        return type;
    }

    Set<String> unitOptions() {
        return unitOptions;
    }

    /// Makes the backend. Must have succeeded before the first call.
    void create(Function<String, BackendHost> hosts) throws RefusedException {
        Backend backend = vendor("create(host)", () -> provider.create(hosts.apply(type)));
        roles = new Roles(
                vendor("volfiles()", backend::volfiles),
                vendor("bricks()", backend::bricks),
                vendor("provisioning()", backend::provisioning),
                vendor("cluster()", backend::cluster));
    }

    /// Begins a call, which [#leave] must end on the same thread. False where this generation is retired.
    boolean enter() {
        // not lock(): that would wait behind a retire() which waits for other calls
        if (!calls.readLock().tryLock()) {
            return false;
        }
        boolean entered = !retired;
        if (!entered) {
            calls.readLock().unlock();
        }
        return entered;
    }

    void leave() {
        calls.readLock().unlock();
    }

    /// The roles, for whoever has entered.
    Roles roles() {
        return Objects.requireNonNull(roles, "not created");
    }

    ClassLoader classLoader() {
        return plugin.classLoader();
    }

    /// Lets no more calls in, waits for those that are in, and unloads the jar.
    void retire() {
        calls.writeLock().lock();
        try {
            retired = true;
        } finally {
            calls.writeLock().unlock();
        }
        plugin.close();
    }

    /// Runs code of the jar that must not fail.
    private <T> T vendor(String what, Callable<@Nullable T> code) throws RefusedException {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(plugin.classLoader());
        try {
            T result = code.call();
            if (result == null) {
                throw new RefusedException("fails: " + what + " returned null; report this to its vendor");
            }
            return result;
        } catch (ServiceConfigurationError e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new RefusedException("fails: " + what + " throws " + cause + "; report this to its vendor", e);
        } catch (RefusedException e) {
            throw e;
        } catch (Throwable e) {
            throw new RefusedException("fails: " + what + " throws " + e + "; report this to its vendor", e);
        } finally {
            thread.setContextClassLoader(before);
        }
    }
}
