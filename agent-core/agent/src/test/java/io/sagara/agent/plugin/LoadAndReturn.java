package io.sagara.agent.plugin;

import java.nio.file.Path;

/// A program that loads backends and returns from `main` without closing anything.
final class LoadAndReturn {
    private LoadAndReturn() {}

    public static void main(String[] args) {
        BackendPlugins plugins = new BackendPlugins(Path.of(args[1]), type -> new Lent());
        LoadedBackends loaded = plugins.load(Path.of(args[0]));
        System.out.println("loaded " + loaded.byType().keySet());
    }
}
