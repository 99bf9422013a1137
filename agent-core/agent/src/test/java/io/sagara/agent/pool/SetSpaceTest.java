package io.sagara.agent.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SetSpaceTest {
    private static final long GIB = 1024L * 1024 * 1024;

    private static SetSpace leaving(long files, long bytes) {
        return new SetSpace(0, true, files, bytes, 50 * GIB, 1000, 100 * GIB);
    }

    private static SetSpace staying(long freeBytes, long freeInodes) {
        return new SetSpace(1, false, 0, 0, freeBytes, freeInodes, 100 * GIB);
    }

    @Test
    void whatFitsMayMove() {
        assertThat(SetSpace.refusal(List.of(leaving(100, 10 * GIB), staying(11 * GIB, 110)), 100 * GIB))
                .isEmpty();
        assertThat(SetSpace.refusal(
                        List.of(leaving(100, 10 * GIB), staying(6 * GIB, 60), staying(6 * GIB, 60)), 200 * GIB))
                .as("over several sets")
                .isEmpty();
    }

    @Test
    void whatDoesNotFitStays() {
        assertThat(SetSpace.refusal(List.of(leaving(100, 10 * GIB), staying(11 * GIB - 1, 1000)), 0))
                .hasValueSatisfying(why -> assertThat(why).contains("10 GiB are to move"));
        assertThat(SetSpace.refusal(List.of(leaving(100, 10 * GIB), staying(50 * GIB, 109)), 0))
                .hasValueSatisfying(why -> assertThat(why).contains("100 files are to move"));
        assertThat(SetSpace.refusal(List.of(leaving(0, 0), staying(50 * GIB, 1000)), 100 * GIB + 1))
                .hasValueSatisfying(why -> assertThat(why).contains("were promised"));
    }

    @Test
    void fileSystemsAreFullBeforeTheirLastByteAndMayNotCountInodes() {
        assertThat(SetSpace.usableBytes(30, 100)).isEqualTo(20);
        assertThat(SetSpace.usableBytes(9, 100)).isZero();
        assertThat(SetSpace.usableInodes(30, 100)).isEqualTo(25);
        assertThat(SetSpace.usableInodes(0, 0)).isEqualTo(Long.MAX_VALUE);
        assertThat(SetSpace.refusal(
                        List.of(leaving(1, 1), staying(GIB, Long.MAX_VALUE), staying(GIB, Long.MAX_VALUE)), 0))
                .isEmpty();
    }
}
