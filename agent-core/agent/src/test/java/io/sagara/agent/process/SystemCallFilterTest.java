package io.sagara.agent.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class SystemCallFilterTest {
    @TempDir
    private Path directory;

    @Test
    void aFilteredProcessCannotPreallocateBehindTheEndOfAFile() throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "SKIPPED: needs root");
        Path file = Files.write(directory.resolve("file"), new byte[100]);
        assumeTrue(
                plain("fallocate", "--keep-size", "--length", "1M", file.toString()) == 0,
                "SKIPPED: the file system cannot preallocate");

        assertThat(filtered("fallocate", "--keep-size", "--length", "1M", file.toString()))
                .isNotZero();
        assertThat(filtered("fallocate", "--zero-range", "--keep-size", "--length", "1M", file.toString()))
                .isNotZero();
        assertThat(file).hasSize(100);
    }

    @Test
    void aFilteredProcessMayPreallocateAFileAndPunchHoles() throws Exception {
        Path file = directory.resolve("file");
        assertThat(filtered("fallocate", "--length", "1M", file.toString())).isZero();
        assertThat(file).hasSize(1024 * 1024);
        assertThat(filtered("fallocate", "--punch-hole", "--length", "64K", file.toString()))
                .isZero();
    }

    @Test
    void theOneWhoStartsItIsNotFiltered() throws Exception {
        Path file = Files.write(directory.resolve("file"), new byte[100]);
        assertThat(filtered("true")).isZero();
        assertThat(plain("fallocate", "--keep-size", "--length", "1M", file.toString()))
                .isZero();
    }

    private static int filtered(String... argv) throws IOException, InterruptedException {
        return SystemCallFilter.start(new ProcessBuilder(argv).inheritIO()).waitFor();
    }

    private static int plain(String... argv) throws IOException, InterruptedException {
        return new ProcessBuilder(argv).inheritIO().start().waitFor();
    }
}
