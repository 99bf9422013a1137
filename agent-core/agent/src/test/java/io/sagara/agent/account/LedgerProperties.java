package io.sagara.agent.account;

import static io.sagara.agent.account.TestLedgers.CLOCK;
import static io.sagara.agent.account.TestLedgers.DEADLINE;
import static io.sagara.agent.account.TestLedgers.POOL;
import static org.assertj.core.api.Assertions.assertThat;

import io.sagara.spi.Bytes;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import io.sagara.spi.VolumeName;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/// Any sequence of calls, crashes and damages, beside a plain map.
class LedgerProperties {
    private static final Bytes CAPACITY = new Bytes(1000);

    sealed interface Step {
        /// Asks for a promise.
        record Reserve(VolumeName name, Bytes size) implements Step {}

        /// Asks for another size.
        record Resize(VolumeName name, Bytes size) implements Step {}

        /// Gives a promise back.
        record Release(VolumeName name) implements Step {}

        /// The agent is killed and starts again.
        record Crash() implements Step {}

        /// The file is overwritten under the running agent.
        record Damage() implements Step {}

        /// The file is gone when the agent starts.
        record Lose() implements Step {}
    }

    @Property(tries = 150)
    void noSequenceOfCallsCrashesAndDamagesBreaksTheAccount(@ForAll("steps") List<Step> steps) throws IOException {
        Path root = Files.createTempDirectory("ledger");
        Map<VolumeName, Bytes> model = new TreeMap<>();
        Ledger ledger = open(root, model);
        try {
            for (Step step : steps) {
                ledger = run(step, ledger, root, model);
                Map<VolumeName, Bytes> rows = new TreeMap<>();
                ledger.entries().forEach(entry -> rows.put(entry.name(), entry.size()));
                assertThat(rows).isEqualTo(model);
                assertThat(ledger.sum()).isEqualTo(sum(model)).isLessThanOrEqualTo(CAPACITY);
                assertThat(ledger.count()).isEqualTo(model.size());
            }
        } finally {
            ledger.close();
            delete(root);
        }
    }

    private static Ledger run(Step step, Ledger ledger, Path root, Map<VolumeName, Bytes> model) throws IOException {
        switch (step) {
            case Step.Reserve(VolumeName name, Bytes size) -> reserve(ledger, model, name, size);
            case Step.Resize(VolumeName name, Bytes size) -> resize(ledger, model, name, size);
            case Step.Release(VolumeName name) -> {
                ledger.release(name);
                model.remove(name);
            }
            case Step.Crash() -> {
                ledger.close();
                return open(root, model);
            }
            case Step.Damage() -> Files.write(root.resolve("stat.db"), new byte[20_000]);
            case Step.Lose() -> {
                ledger.close();
                Files.deleteIfExists(root.resolve("stat.db"));
                return open(root, model);
            }
        }
        return ledger;
    }

    private static void reserve(Ledger ledger, Map<VolumeName, Bytes> model, VolumeName name, Bytes size) {
        Bytes known = model.get(name);
        if (known != null && !known.equals(size)) {
            assertThat(problem(() -> ledger.reserve(name, size, CAPACITY))).isEqualTo(Problem.ALREADY_EXISTS);
        } else if (known == null && sum(model).plus(size).compareTo(CAPACITY) > 0) {
            assertThat(problem(() -> ledger.reserve(name, size, CAPACITY))).isEqualTo(Problem.NO_SPACE);
        } else {
            assertThat(ledger.reserve(name, size, CAPACITY).fresh()).isEqualTo(known == null);
            model.put(name, size);
        }
    }

    private static void resize(Ledger ledger, Map<VolumeName, Bytes> model, VolumeName name, Bytes size) {
        Bytes known = model.get(name);
        if (known == null) {
            assertThat(problem(() -> ledger.resize(name, size, CAPACITY))).isEqualTo(Problem.NOT_FOUND);
        } else if (size.compareTo(known) > 0
                && sum(model).minusOrZero(known).plus(size).compareTo(CAPACITY) > 0) {
            assertThat(problem(() -> ledger.resize(name, size, CAPACITY))).isEqualTo(Problem.NO_SPACE);
        } else {
            assertThat(ledger.resize(name, size, CAPACITY).size()).isEqualTo(size);
            model.put(name, size);
        }
    }

    private static Problem problem(Runnable call) {
        try {
            call.run();
        } catch (StorageException e) {
            return e.problem();
        }
        throw new AssertionError("the call was not refused");
    }

    private static Bytes sum(Map<VolumeName, Bytes> model) {
        return model.values().stream().reduce(Bytes.ZERO, Bytes::plus);
    }

    /// The model is also the truth that a lost or damaged file is rebuilt from.
    private static Ledger open(Path root, Map<VolumeName, Bytes> model) {
        return Ledger.of(POOL, () -> root, () -> new HashMap<>(model), CLOCK, DEADLINE);
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        Arbitrary<VolumeName> names =
                Arbitraries.of("a", "b", "c", "pvc-d", "e';--").map(VolumeName::new);
        Arbitrary<Bytes> sizes = Arbitraries.longs().between(0, 1100).map(Bytes::new);
        Arbitrary<Step> step = Arbitraries.frequencyOf(
                Tuple.of(6, Combinators.combine(names, sizes).as(Step.Reserve::new)),
                Tuple.of(4, Combinators.combine(names, sizes).as(Step.Resize::new)),
                Tuple.of(3, names.map(Step.Release::new)),
                Tuple.of(1, Arbitraries.just(new Step.Crash())),
                Tuple.of(1, Arbitraries.just(new Step.Damage())),
                Tuple.of(1, Arbitraries.just(new Step.Lose())));
        return step.list().ofMaxSize(25);
    }

    private static void delete(Path root) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            files.sorted(Comparator.reverseOrder()).forEach(file -> {
                try {
                    Files.delete(file);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }
}
