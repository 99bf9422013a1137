package io.sagara.agent.plugin;

import io.sagara.spi.Backend;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Through which every call into a backend goes: to its current generation, with the context class loader its
/// code expects, and with whatever goes wrong made a [StorageException]. Any number of threads may call.
final class BackendGate {
    private volatile @Nullable Generation current;
    private volatile Generation latest;
    private final Backend backend = new GuardedBackend(this);

    BackendGate(Generation first) {
        current = first;
        latest = first;
    }

    /// The same object over all generations.
    Backend backend() {
        return backend;
    }

    /// Where calls go, or went before the gate was closed.
    Generation generation() {
        return latest;
    }

    /// Sends calls from now on to `next`. Calls that have begun end where they are.
    void swap(Generation next) {
        latest = next;
        current = next;
    }

    /// Lets no more calls in.
    void close() {
        current = null;
    }

    /// A call that returns nothing. `what`: the method, for messages.
    void run(String what, Consumer<Generation.Roles> body) {
        enter(what, roles -> {
            body.accept(roles);
            return null;
        });
    }

    /// A call whose result is never null.
    <T> T call(String what, Function<Generation.Roles, @Nullable T> body) {
        T result = enter(what, body);
        if (result == null) {
            throw new StorageException(
                    Problem.INTERNAL, blame(latest, what) + " returned null; report this to its vendor");
        }
        return result;
    }

    private <T> @Nullable T enter(String what, Function<Generation.Roles, @Nullable T> body) {
        while (true) {
            Generation generation = current;
            if (generation == null) {
                throw new StorageException(
                        Problem.UNAVAILABLE, "the backend '" + latest.type() + "' is stopped with the agent");
            }
            if (generation.enter()) {
                try {
                    return guarded(generation, what, body);
                } finally {
                    generation.leave();
                }
            }
            // it was retired since we looked, so there is another one, or none, by now
        }
    }

    private static <T> @Nullable T guarded(
            Generation generation, String what, Function<Generation.Roles, @Nullable T> body) {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(generation.classLoader());
        try {
            return body.apply(generation.roles());
        } catch (StorageException e) {
            throw e;
        } catch (Throwable e) {
            throw new StorageException(
                    Problem.INTERNAL, blame(generation, what) + " failed: " + e + "; report this to its vendor", e);
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    private static String blame(Generation generation, String what) {
        return "backend '" + generation.type() + "' (" + generation.jar().name() + "): " + what;
    }
}
