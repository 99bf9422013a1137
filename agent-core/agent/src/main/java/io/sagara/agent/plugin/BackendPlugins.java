package io.sagara.agent.plugin;

import io.sagara.agent.plugin.LoadedBackends.Refusal;
import io.sagara.spi.BackendHost;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The backends of a plugins directory: loads them, replaces one while all serve, unloads them.
///
/// Jars are taken in order of file name, so where two want one type or one plugin id it is always the same one
/// that gets it, and the other is refused. Any thread may call; the methods do one thing at a time, and calls
/// into the backends go on meanwhile.
public final class BackendPlugins implements AutoCloseable {
    /// How long a vendor's code may take to come up, on a node that is busy booting: it is to make objects only.
    private static final Duration COMING_UP = Duration.ofSeconds(30);
    /// How long an update, or the end, waits for calls to come back.
    private static final Duration DRAINING = Duration.ofSeconds(30);

    /// All that is ever deleted in the directory we are given.
    private static final String JARS = "jars";

    private static final String FELIX = "felix";

    private static final Logger LOG = LoggerFactory.getLogger(BackendPlugins.class);

    private final Path work;
    private final Function<String, BackendHost> hosts;
    private final Duration comingUp;
    private final Duration draining;
    private final FutureTask<FelixFramework> felix;
    private final AtomicInteger staged = new AtomicInteger();
    private final Map<String, BackendGate> gates = new TreeMap<>();

    /// Begins to start in the background. `work`: a directory for our own files; `jars` and `felix` in it are
    /// emptied. `hosts`: what the agent lends to the backend of a type; asked each time a jar is loaded.
    public BackendPlugins(Path work, Function<String, BackendHost> hosts) {
        this(work, hosts, COMING_UP, DRAINING);
    }

    /// As the public one, with other times for a vendor's code to come up and to come back.
    BackendPlugins(Path work, Function<String, BackendHost> hosts, Duration comingUp, Duration draining) {
        this.comingUp = comingUp;
        this.draining = draining;
        this.work = work.toAbsolutePath();
        this.hosts = hosts;
        empty(this.work.resolve(JARS));
        empty(this.work.resolve(FELIX));
        felix = Background.start("plugins-felix", () -> FelixFramework.start(this.work.resolve(FELIX)));
    }

    /// Loads every `*.jar` in `directory`. A jar that cannot be loaded is refused, and the others go on. Throws
    /// INVALID_ARGUMENT where there is no such directory. Called once.
    public synchronized LoadedBackends load(Path directory) {
        Map<Path, FutureTask<Generation>> opening = new LinkedHashMap<>();
        for (Path jar : jars(directory)) {
            opening.put(jar, Background.start("plugins-open", () -> open(jar)));
        }
        framework();
        Map<String, LoadedBackend> loaded = new TreeMap<>();
        List<Refusal> refusals = new ArrayList<>();
        opening.forEach((jar, task) -> {
            try {
                LoadedBackend backend = admit(Background.await(task, comingUp));
                loaded.put(backend.type(), backend);
            } catch (RefusedException e) {
                refusals.add(new Refusal(jar, e.reason()));
                LOG.atWarn()
                        .addKeyValue("jar", jar)
                        .addKeyValue("reason", e.reason())
                        .log("backend refused");
            }
        });
        return new LoadedBackends(loaded, refusals);
    }

    /// Replaces the loaded backend that has the plugin id of `jar` by what `jar` holds. The new one is up
    /// before calls go to it; calls that have begun end in the old one, which is unloaded after the last of
    /// them. Returns then, or after 30 s with the old one still draining. The caller sees to it that `jar`, and
    /// not the old one, is in the plugins directory at the next start.
    ///
    /// Throws INVALID_ARGUMENT where the new jar is refused or is of another type, and NOT_FOUND where no
    /// backend has that id; the old one has then served on, untouched.
    public synchronized LoadedBackend update(Path jar) {
        try {
            Generation next =
                    Background.await(Background.start("plugins-open", () -> open(jar.toAbsolutePath())), comingUp);
            BackendGate gate = replaceable(next);
            create(next);
            Generation old = gate.generation();
            gate.swap(next);
            LOG.atInfo()
                    .addKeyValue("type", next.type())
                    .addKeyValue("from", old.jar().version())
                    .addKeyValue("to", next.jar().version())
                    .log("backend updated");
            retire(List.of(old));
            return describe(gate);
        } catch (RefusedException e) {
            throw new StorageException(Problem.INVALID_ARGUMENT, jar.getFileName() + " " + e.reason(), e);
        }
    }

    /// Lets no more calls in, waits up to 30 s for those that have begun, and unloads everything.
    @Override
    public synchronized void close() {
        List<Generation> all =
                gates.values().stream().map(BackendGate::generation).toList();
        gates.values().forEach(BackendGate::close);
        gates.clear();
        retire(all);
        try {
            Background.await(felix, COMING_UP).close();
        } catch (RefusedException e) {
            LOG.atWarn().addKeyValue("reason", e.reason()).log("Felix never started, so it is not stopped");
        }
    }

    private Generation open(Path jar) throws RefusedException {
        Path copy = work.resolve(JARS).resolve(staged.incrementAndGet() + ".jar");
        return Generation.open(BackendJar.stage(jar, copy), framework());
    }

    private FelixFramework framework() {
        try {
            return Background.await(felix, COMING_UP);
        } catch (RefusedException e) {
            throw new StorageException(Problem.INTERNAL, "no backend can be loaded: Felix " + e.reason(), e);
        }
    }

    private LoadedBackend admit(Generation candidate) throws RefusedException {
        try {
            for (BackendGate gate : gates.values()) {
                Generation other = gate.generation();
                refuseTwin("plugin id", candidate.jar().pluginId(), other.jar().pluginId(), other);
                refuseTwin("type", candidate.type(), other.type(), other);
            }
        } catch (RefusedException e) {
            candidate.retire();
            throw e;
        }
        create(candidate);
        BackendGate gate = new BackendGate(candidate);
        gates.put(candidate.type(), gate);
        LOG.atInfo()
                .addKeyValue("type", candidate.type())
                .addKeyValue("version", candidate.jar().version())
                .log("backend loaded");
        return describe(gate);
    }

    private static void refuseTwin(String what, String mine, String taken, Generation other) throws RefusedException {
        if (mine.equals(taken)) {
            throw new RefusedException("has the " + what + " '" + mine + "', which "
                    + other.jar().name() + " has already; remove one of the two");
        }
    }

    private BackendGate replaceable(Generation next) throws RefusedException {
        String id = next.jar().pluginId();
        for (BackendGate gate : gates.values()) {
            Generation old = gate.generation();
            if (old.jar().pluginId().equals(id)) {
                if (old.type().equals(next.type())) {
                    return gate;
                }
                next.retire();
                throw new RefusedException("has the type '" + next.type() + "', but "
                        + old.jar().name() + ", which it is to replace, has '" + old.type() + "'");
            }
        }
        next.retire();
        throw new StorageException(
                Problem.NOT_FOUND,
                "no backend with the plugin id '" + id + "' is loaded; put "
                        + next.jar().name() + " into the plugins directory and start the agent again");
    }

    private void create(Generation generation) throws RefusedException {
        try {
            FutureTask<Generation> creating = Background.start("plugins-create", () -> {
                generation.create(hosts);
                return generation;
            });
            var _ = Background.await(creating, comingUp);
        } catch (RefusedException e) {
            generation.retire();
            throw e;
        }
    }

    private void retire(Collection<Generation> generations) {
        Map<Generation, FutureTask<Generation>> retiring = new LinkedHashMap<>();
        for (Generation generation : generations) {
            retiring.put(generation, Background.start("plugins-drain", () -> retired(generation)));
        }
        retiring.forEach((generation, task) -> {
            try {
                var _ = task.get(draining.toMillis(), TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                LOG.atWarn().addKeyValue("jar", generation.jar().name()).log("backend unloads when its calls end");
            } catch (ExecutionException e) {
                LOG.atError()
                        .setCause(e)
                        .addKeyValue("jar", generation.jar().name())
                        .log("backend does not unload");
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private static Generation retired(Generation generation) {
        generation.retire();
        return generation;
    }

    private static List<Path> jars(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(f -> f.toString().endsWith(".jar")).sorted().toList();
        } catch (IOException e) {
            throw new StorageException(
                    Problem.INVALID_ARGUMENT,
                    "the plugins directory " + directory + " cannot be read (" + e
                            + "); name the directory of the backend jars in SAGARA_PLUGINS_DIR",
                    e);
        }
    }

    /// Deletes what an earlier start has left in `directory`, which is made where it is absent.
    private static void empty(Path directory) {
        try {
            if (Files.exists(directory)) {
                try (Stream<Path> files = Files.walk(directory)) {
                    for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                        Files.delete(file);
                    }
                }
            }
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new StorageException(
                    Problem.INTERNAL, "the agent cannot keep backends in " + directory + ": " + e, e);
        }
    }

    private static LoadedBackend describe(BackendGate gate) {
        Generation generation = gate.generation();
        return new LoadedBackend(
                generation.type(),
                generation.unitOptions(),
                gate.backend(),
                generation.jar().source(),
                generation.jar().version());
    }
}
