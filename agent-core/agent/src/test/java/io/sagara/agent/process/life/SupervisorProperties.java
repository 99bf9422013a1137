package io.sagara.agent.process.life;

import static org.assertj.core.api.Assertions.assertThat;

import io.sagara.agent.process.DaemonSpec;
import io.sagara.agent.process.FakeDaemons;
import io.sagara.agent.process.life.DaemonState.Running;
import io.sagara.agent.process.life.DaemonState.Stopped;
import io.sagara.agent.time.FakeTimer;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/// The supervisor with its real threads, under events that come as fast as it can be told of them.
class SupervisorProperties {
    private static final DaemonSpec SPEC = new DaemonSpec(
            "d", List.of("/none/d.pid"), Path.of("/none/d.pid"), Path.of("/none/d.log"), Optional.empty());

    enum Act {
        START,
        STOP,
        CRASH,
        CLOCK,
        FAIL_NEXT_START,
        FAIL_NEXT_STOP,
        NEW_AGENT,
    }

    private record Daemon() implements Supervised {
        @Override
        public String name() {
            return "d";
        }

        @Override
        public DaemonSpec spec() {
            return SPEC;
        }

        @Override
        public Optional<String> missing() {
            return Optional.empty();
        }
    }

    /// [FakeDaemons] looks, waits a moment and only then starts, and remembers the most that ever ran at once.
    @Property(tries = 300)
    void atMostOneProcessRunsAndItEndsAsAsked(@ForAll("acts") List<Act> acts) {
        FakeDaemons daemons = new FakeDaemons();
        FakeTimer timer = new FakeTimer();
        Supervisor supervisor = supervisor(daemons, timer);
        try {
            for (Act act : acts) {
                switch (act) {
                    case START -> supervisor.start();
                    case STOP -> supervisor.stop();
                    case CRASH -> daemons.running().forEach(daemons::crash);
                    case CLOCK -> timer.advance(Duration.ofSeconds(2));
                    case FAIL_NEXT_START -> daemons.failNext(new StorageException(Problem.UNAVAILABLE, "start"));
                    case FAIL_NEXT_STOP -> daemons.failNextStop(new StorageException(Problem.UNAVAILABLE, "stop"));
                    case NEW_AGENT -> {
                        supervisor.close();
                        supervisor = supervisor(daemons, timer);
                    }
                }
            }
            Supervisor last = supervisor;
            last.start();
            settle(timer, () -> last.state() instanceof Running now && daemons.alive(now.process()));
            assertThat(daemons.running()).hasSize(1);
            last.stop();
            settle(timer, () -> last.state() instanceof Stopped);
            assertThat(daemons.running()).isEmpty();
            assertThat(daemons.mostAtOnce()).isEqualTo(1);
        } finally {
            supervisor.close();
        }
    }

    private static void settle(FakeTimer timer, BooleanSupplier done) {
        while (!done.getAsBoolean()) {
            timer.advance(Duration.ofMinutes(1));
            Thread.onSpinWait();
        }
    }

    private static Supervisor supervisor(FakeDaemons daemons, FakeTimer timer) {
        return new Supervision(daemons, timer, timer, Patience.DEFAULT).of(new Daemon());
    }

    @Provide
    Arbitrary<List<Act>> acts() {
        return Arbitraries.of(Act.class).list().ofMaxSize(40);
    }
}
