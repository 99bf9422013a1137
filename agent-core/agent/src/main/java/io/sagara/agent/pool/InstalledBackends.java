package io.sagara.agent.pool;

import io.sagara.agent.plugin.LoadedBackend;
import io.sagara.agent.plugin.LoadedBackends;
import io.sagara.spi.Backend;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import io.sagara.spi.StorageUnit;
import java.util.List;
import java.util.TreeSet;

/// The backends that were found in the plugins directory.
public final class InstalledBackends implements Backends {
    private final LoadedBackends loaded;

    /// `loaded`: what the plugin host made of the directory.
    public InstalledBackends(LoadedBackends loaded) {
        this.loaded = loaded;
    }

    @Override
    public Backend of(String type) {
        return find(type).backend();
    }

    private LoadedBackend find(String type) {
        LoadedBackend backend = loaded.byType().get(type);
        if (backend == null) {
            throw new StorageException(
                    Problem.INVALID_ARGUMENT,
                    "no storage backend '" + type + "'; loaded are " + types()
                            + (refused().isEmpty() ? "" : ", refused were " + refused())
                            + ": correct the storage unit, or put the backend's jar into the plugins directory");
        }
        return backend;
    }

    @Override
    public void check(StorageUnit unit) {
        LoadedBackend backend = find(unit.type());
        TreeSet<String> unknown = new TreeSet<>(unit.options().keySet());
        unknown.removeAll(backend.unitOptions());
        if (!unknown.isEmpty()) {
            throw new StorageException(
                    Problem.INVALID_ARGUMENT,
                    "storage unit " + unit + ": unknown " + unknown + "; a " + unit.type() + " unit knows "
                            + (backend.unitOptions().isEmpty() ? "no options" : new TreeSet<>(backend.unitOptions())));
        }
    }

    @Override
    public List<String> types() {
        return loaded.byType().keySet().stream().sorted().toList();
    }

    @Override
    public List<String> refused() {
        return loaded.refusals().stream()
                .map(refusal -> refusal.jar().getFileName() + ": " + refusal.reason())
                .toList();
    }
}
