package io.sagara.backend.external;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.sagara.spi.Bytes;
import io.sagara.spi.ExternalVolume;
import io.sagara.spi.Layout;
import io.sagara.spi.Pool;
import io.sagara.spi.PoolName;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import io.sagara.testkit.FakeCommands;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SshLimitsTest {
    private static final ExternalVolume VOLUME = new ExternalVolume(List.of("h1", "h2"), 24_007, "vol", "");
    private static final Path DIRECTORY = Path.of("subvol/8c/77/pvc-1");
    private static final List<String> WORDS =
            List.of("gluster", "--mode=script", "volume", "quota", "vol", "limit-usage", "'/subvol/8c/77/pvc-1'");

    @TempDir
    Path directory;

    @BeforeEach
    void files() throws IOException {
        Files.createFile(directory.resolve("key"));
        Files.createFile(directory.resolve("known"));
    }

    private Pool pool(Map<String, String> options) {
        return new Pool(new PoolName("p1"), new UUID(1, 2), new Layout.External(VOLUME), List.of(), options, true);
    }

    private Pool pool(String user) {
        return pool(Map.of(
                "quota-ssh-user",
                user,
                "quota-ssh-key",
                directory.resolve("key").toString(),
                "quota-ssh-known-hosts",
                directory.resolve("known").toString()));
    }

    private SshLimits limits(FakeCommands commands, String user) {
        Pool pool = pool(user);
        return new SshLimits(commands, pool, VOLUME, SshAccess.of(pool).orElseThrow());
    }

    private String[] command(String user, String host, List<String> words) {
        List<String> argv = new ArrayList<>(List.of("ssh", "-F", "/dev/null", "-i"));
        argv.add(directory.resolve("key").toString());
        argv.addAll(
                List.of("-o", "IdentitiesOnly=yes", "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=yes", "-o"));
        argv.add("UserKnownHostsFile=" + directory.resolve("known"));
        argv.addAll(List.of("-o", "GlobalKnownHostsFile=/dev/null", "-o", "ConnectTimeout=4", "-l", user, "--", host));
        argv.addAll(words);
        argv.add("1048576");
        return argv.toArray(String[]::new);
    }

    @Test
    void theFirstServerThatCanIsEnough() {
        try (FakeCommands commands = new FakeCommands()
                .expectFailure(
                        255, "ssh: connect to host h1 port 22: Connection refused\n", command("root", "h1", WORDS))
                .expect("volume quota : success\n", command("root", "h2", WORDS))) {
            limits(commands, "root").limit(DIRECTORY, Bytes.mib(1));
        }
    }

    @Test
    void otherUsersNeedSudo() {
        List<String> words = new ArrayList<>(List.of("sudo", "-n"));
        words.addAll(WORDS);
        try (FakeCommands commands = new FakeCommands().expect("", command("storage", "h1", words))) {
            limits(commands, "storage").limit(DIRECTORY, Bytes.mib(1));
        }
    }

    @Test
    void whatGlusterRefusesIsNotTriedElsewhere() {
        try (FakeCommands commands = new FakeCommands()
                .expectFailure(1, "quota command failed : Quota is disabled\n", command("root", "h1", WORDS))) {
            refuses(Problem.UNAVAILABLE, "gluster on h1", "Quota is disabled", commands);
        }
    }

    @Test
    void whatEachServerSaidIsSaidWithWhatToDo() {
        try (FakeCommands commands = new FakeCommands()
                .expectFailure(255, "Host key verification failed.\r\n", command("root", "h1", WORDS))
                .expectThrow(
                        new StorageException(Problem.UNAVAILABLE, "'ssh' did not end within 10 s"),
                        command("root", "h2", WORDS))) {
            refuses(Problem.UNAVAILABLE, "add the key of h1 to", "h2: 'ssh' did not end", commands);
        }
    }

    private void refuses(Problem problem, String one, String other, FakeCommands commands) {
        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(() -> limits(commands, "root").limit(DIRECTORY, Bytes.mib(1)))
                .withMessageContainingAll(one, other)
                .satisfies(e -> assertThat(e.problem()).isEqualTo(problem));
    }

    @Test
    void noCommandIsRunWithoutKeyAndKnownHosts() throws IOException {
        Files.delete(directory.resolve("known"));
        try (FakeCommands commands = new FakeCommands()) {
            refuses(Problem.UNAVAILABLE, "with the keys of the servers is not there", "ssh-keyscan", commands);
        }
    }

    @Test
    void optionsThatCannotBeAreNamed() {
        assertThat(SshAccess.of(pool(Collections.emptyMap()))).isEmpty();
        SshAccess usual = SshAccess.of(pool(Map.of("quota-ssh-user", "root"))).orElseThrow();
        assertThat(usual.key()).isEqualTo(Path.of("/etc/secret-volume/ssh-privatekey"));
        for (Map<String, String> wrong : List.of(
                Map.of("quota-ssh-key", "/key"),
                Map.of("quota-ssh-user", "-oProxyCommand=x"),
                Map.of("quota-ssh-user", "root", "quota-ssh-key", "relative"),
                Map.of("quota-ssh-user", "root", "quota-ssh-known-hosts", "/a b"))) {
            assertThatExceptionOfType(StorageException.class)
                    .isThrownBy(() -> SshAccess.of(pool(wrong)))
                    .satisfies(e -> assertThat(e.problem()).isEqualTo(Problem.INVALID_ARGUMENT));
        }
    }
}
