package io.sagara.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sagara.spi.Commands;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class FakeCommandsTest {
    private static Commands.Result run(FakeCommands commands, String... argv) {
        return commands.run(Duration.ofSeconds(1), List.of(argv));
    }

    @Test
    void answersFollowTheScript() {
        try (FakeCommands commands = new FakeCommands()) {
            commands.expect("one\n", "ls", "*").expectFailure(2, "no such disk", "blkid", "/dev/sdb");
            assertThat(run(commands, "ls", "/dev").stdout()).isEqualTo("one\n");
            assertThat(run(commands, "blkid", "/dev/sdb").exitCode()).isEqualTo(2);
            assertThat(commands.ran()).containsExactly(List.of("ls", "/dev"), List.of("blkid", "/dev/sdb"));
        }
    }

    @Test
    void anotherCommandThanTheNextFails() {
        FakeCommands commands = new FakeCommands().expect("", "ls", "-l");
        assertThatExceptionOfType(AssertionError.class)
                .isThrownBy(() -> run(commands, "ls"))
                .withMessageContaining("[ls, -l]");
        assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> run(commands, "ls", "-a"));
    }

    @Test
    void aCommandThatNobodyExpectsFails() {
        try (FakeCommands commands = new FakeCommands()) {
            assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> run(commands, "wipefs"));
        }
    }

    @Test
    void anExpectedCommandThatNeverRanFails() {
        FakeCommands commands = new FakeCommands().expect("", "sync");
        assertThatThrownBy(commands::close).isInstanceOf(AssertionError.class).hasMessageContaining("sync");
    }

    @Test
    void aCommandCanHang() {
        try (FakeCommands commands = new FakeCommands()) {
            commands.expectThrow(new StorageException(Problem.UNAVAILABLE, "blkid: no end after 10 s"), "blkid");
            assertThatExceptionOfType(StorageException.class).isThrownBy(() -> run(commands, "blkid"));
        }
    }
}
