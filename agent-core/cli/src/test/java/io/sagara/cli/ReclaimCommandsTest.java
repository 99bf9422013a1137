package io.sagara.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.sagara.api.UnixServer;
import io.sagara.cli.command.ExitCode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The commands about what pools keep, over a real socket.
final class ReclaimCommandsTest {
    @TempDir
    private Path dir;

    private final FakeAgent agent = new FakeAgent(_ -> {});
    private UnixServer server;

    @BeforeEach
    void serve() {
        server = new UnixServer(dir.resolve("agent.sock"), _ -> true, List.of(agent));
    }

    @AfterEach
    void stop() throws InterruptedException {
        server.stop(Duration.ofSeconds(5));
    }

    private Ran run(String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--state", dir.toString()));
        return Ran.of(Map.of(), all.toArray(String[]::new));
    }

    @Test
    void aCheckTellsScriptsWhetherAllIsWell() {
        Ran well = run("pool", "check", "p1");
        assertThat(well.code()).isEqualTo(ExitCode.OK);
        assertThat(well.out()).contains("0 differences");

        Ran damaged = run("pool", "check", "damaged");
        assertThat(damaged.code()).isEqualTo(ExitCode.DEGRADED);
        assertThat(damaged.out()).contains("no-limit", "volume v1 has no limit", "-> repeat with --repair");

        Ran repaired = run("pool", "check", "damaged", "--repair");
        assertThat(repaired.code()).isEqualTo(ExitCode.OK);
        assertThat(repaired.out()).contains("repaired");

        Ran json = run("pool", "check", "damaged", "-o", "json");
        assertThat(json.code()).isEqualTo(ExitCode.DEGRADED);
        assertThat(json.out()).contains("\"kind\": \"NO_LIMIT\"", "\"repaired\": false");
    }

    @Test
    void purgingArchivedVolumesNeedsANameOrAll() {
        assertThat(run("pool", "purge-archived", "p1").code()).isEqualTo(ExitCode.USAGE);
        assertThat(run("pool", "purge-archived", "p1", "--all", "--volume", "v1")
                        .code())
                .isEqualTo(ExitCode.USAGE);
        assertThat(agent.purges).isEmpty();

        Ran one = run("pool", "purge-archived", "p1", "--volume", "v1");
        assertThat(one.code()).isEqualTo(ExitCode.OK);
        assertThat(one.out()).contains("purged v1");
        Ran all = run("pool", "purge-archived", "p1", "--all");
        assertThat(all.out()).contains("nothing is archived");
        assertThat(agent.purges).hasSize(2);
        assertThat(agent.purges.getLast().getAll()).isTrue();
    }

    @Test
    void aVolumeThatComesBackIsShown() {
        Ran back = run("volume", "undelete", "v1", "--pool", "p1");
        assertThat(back.code()).isEqualTo(ExitCode.OK);
        assertThat(back.out()).containsPattern("v1 +p1");
        assertThat(run("volume", "undelete", "v1").code()).isEqualTo(ExitCode.USAGE);

        Ran deleted = run("volume", "deleted", "--pool", "p1");
        assertThat(deleted.out()).containsPattern("v2 +p1 +archived +1 GiB");
    }
}
