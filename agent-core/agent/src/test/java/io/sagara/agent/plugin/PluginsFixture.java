package io.sagara.agent.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import io.sagara.agent.plugin.LoadedBackends.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/// A plugins directory below `root`, and the plugins of it.
final class PluginsFixture implements AutoCloseable {
    final Path directory;
    final Lent lent = new Lent();
    final BackendPlugins plugins;

    PluginsFixture(Path root) {
        this(root, Duration.ofSeconds(20), Duration.ofSeconds(20));
    }

    PluginsFixture(Path root, Duration comingUp, Duration draining) {
        try {
            directory = Files.createDirectories(root.resolve("plugins"));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        plugins = new BackendPlugins(root.resolve("work"), type -> lent, comingUp, draining);
    }

    Path jar(String name) {
        return directory.resolve(name);
    }

    LoadedBackends load() {
        return plugins.load(directory);
    }

    /// Loads the directory, all of which is good, and returns the backend of this type.
    LoadedBackend load(String type) {
        LoadedBackends loaded = load();
        assertThat(loaded.refusals()).isEmpty();
        return Objects.requireNonNull(loaded.byType().get(type), type);
    }

    /// The reasons for which jars of the directory are refused, in order of file name.
    List<String> reasons() {
        return load().refusals().stream().map(Refusal::toString).toList();
    }

    @Override
    public void close() {
        plugins.close();
    }
}
