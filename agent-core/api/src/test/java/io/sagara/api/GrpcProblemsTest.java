package io.sagara.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class GrpcProblemsTest {
    @ParameterizedTest
    @CsvSource({
        "INVALID_ARGUMENT, INVALID_ARGUMENT",
        "NOT_FOUND, NOT_FOUND",
        "ALREADY_EXISTS, ALREADY_EXISTS",
        "OUT_OF_RANGE, OUT_OF_RANGE",
        "NO_SPACE, RESOURCE_EXHAUSTED",
        "IN_USE, FAILED_PRECONDITION",
        "BUSY, ABORTED",
        "UNAVAILABLE, UNAVAILABLE",
        "UNSUPPORTED, UNIMPLEMENTED",
        "INTERNAL, INTERNAL"
    })
    void everyProblemHasTheCodeThatCsiGivesIt(Problem problem, Status.Code code) {
        StorageException failure = new StorageException(problem, "pool p1: no; do this");
        assertThat(GrpcProblems.toStatus(failure).getCode()).isEqualTo(code);
        assertThat(GrpcProblems.toStatus(failure).getDescription()).isEqualTo("pool p1: no; do this");
        assertThat(GrpcProblems.codeName(failure)).isEqualTo(code.name());
    }

    @Test
    void aConnectionThatBreaksWhileItIsWrittenToIsUnreachable() {
        StatusRuntimeException broken = Status.UNKNOWN
                .withDescription("channel closed")
                .withCause(new ClosedChannelException())
                .asRuntimeException();
        assertThat(GrpcProblems.unanswered(broken)).contains(GrpcProblems.Unanswered.UNREACHABLE);
        assertThat(GrpcProblems.fromStatus(broken).problem()).isEqualTo(Problem.UNAVAILABLE);
        assertThat(GrpcProblems.unanswered(Status.UNKNOWN.asRuntimeException())).isEmpty();
    }

    @Test
    void noTwoProblemsShareACode() {
        assertThat(Arrays.stream(Problem.values())
                        .map(problem -> GrpcProblems.codeName(new StorageException(problem, "")))
                        .collect(Collectors.toSet()))
                .hasSameSizeAs(Problem.values());
    }

    @ParameterizedTest
    @EnumSource
    void aProblemComesBackFromItsStatus(Problem problem) {
        Status status = GrpcProblems.toStatus(new StorageException(problem, "what and which"));
        StorageException back = GrpcProblems.fromStatus(status.asRuntimeException());
        assertThat(back.problem()).isEqualTo(problem);
        assertThat(back).hasMessage("what and which");
    }

    @ParameterizedTest
    @EnumSource(names = "OK", mode = EnumSource.Mode.EXCLUDE)
    void everyStatusOfOtherServersStandsForAProblemAndNeverForNothing(Status.Code code) {
        StorageException failure = GrpcProblems.fromStatus(code.toStatus().asRuntimeException());
        assertThat(failure).hasMessage(code.name());
        assertThat(failure.problem()).isNotNull();
    }

    @Test
    void aStatusThatIsThrownIsAnsweredAsItIs() {
        Status status = Status.DATA_LOSS.withDescription("gone");
        assertThat(GrpcProblems.toStatus(status.asRuntimeException())).isEqualTo(status);
        assertThat(GrpcProblems.toStatus(new StatusException(status))).isEqualTo(status);
    }

    @Test
    void anythingElseIsInternalAndNamesItself() {
        Status status = GrpcProblems.toStatus(new IllegalStateException("odd"));
        assertThat(status.getCode()).isEqualTo(Status.Code.INTERNAL);
        assertThat(status.getDescription()).contains("IllegalStateException: odd", "report it");
    }

    @Test
    void theStatusOfATranslatedFailureDoesNotHideItsProblem() {
        // grpc looks for a status among the causes of what a service hands to onError
        StorageException translated = GrpcProblems.fromStatus(
                Status.UNAVAILABLE.withDescription("no brick").asRuntimeException());
        assertThat(Status.fromThrowable(translated).getCode()).isEqualTo(Status.Code.UNKNOWN);
    }

    @Test
    void aMessageTooLongForAHeaderIsCut() {
        String carried = GrpcProblems.toStatus(new StorageException(Problem.INTERNAL, "%é€𝄞".repeat(3000)))
                .getDescription();
        assertThat(carried).endsWith(" ...").startsWith("%é€𝄞");
        assertThat(3 * carried.getBytes(StandardCharsets.UTF_8).length).isBetween(5900, 6100);
    }

    @Test
    void aMessageThatFitsIsNotCut() {
        String message = "x".repeat(6000);
        assertThat(GrpcProblems.toStatus(new StorageException(Problem.INTERNAL, message))
                        .getDescription())
                .isEqualTo(message);
    }

    @Test
    void onlyAStatusThatNoServiceGaveIsUnanswered() {
        Metadata answered = new Metadata();
        answered.put(GrpcProblems.PROBLEM, "UNAVAILABLE");
        assertThat(GrpcProblems.unanswered(Status.UNAVAILABLE.asRuntimeException(answered)))
                .isEmpty();
        assertThat(unanswered(Status.UNAVAILABLE)).isEqualTo(GrpcProblems.Unanswered.UNREACHABLE);
        assertThat(unanswered(Status.DEADLINE_EXCEEDED)).isEqualTo(GrpcProblems.Unanswered.LATE);
        assertThat(unanswered(Status.CANCELLED)).isEqualTo(GrpcProblems.Unanswered.CANCELLED);
        assertThat(GrpcProblems.unanswered(Status.UNIMPLEMENTED.asRuntimeException(new Metadata())))
                .isEmpty();
    }

    private static GrpcProblems.Unanswered unanswered(Status status) {
        return GrpcProblems.unanswered(new StatusRuntimeException(status, new Metadata()))
                .orElseThrow();
    }
}
