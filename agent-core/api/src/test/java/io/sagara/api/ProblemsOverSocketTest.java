package io.sagara.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.sagara.api.v1.ApplyPoolRequest;
import io.sagara.api.v1.GetInfoRequest;
import io.sagara.api.v1.ListPoolsRequest;
import io.sagara.api.v1.Progress;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ProblemsOverSocketTest {
    private SocketPair pair;

    @BeforeEach
    void start() throws IOException {
        pair = new SocketPair().serving();
    }

    @AfterEach
    void stop() throws IOException {
        pair.close();
    }

    @ParameterizedTest
    @EnumSource
    void whatAServiceThrowsReachesTheCaller(Problem problem) {
        pair.service.info = _ -> {
            throw new StorageException(problem, "what, which and what to do");
        };
        assertProblem(info(), problem);
    }

    @ParameterizedTest
    @EnumSource
    void whatAServiceHandsToOnErrorReachesTheCaller(Problem problem) {
        pair.service.info = caller -> caller.onError(new StorageException(problem, "what, which and what to do"));
        assertProblem(info(), problem);
    }

    @ParameterizedTest
    @EnumSource
    void whatEndsAStreamReachesTheCallerAfterWhatCameBefore(Problem problem) {
        pair.service.apply = caller -> {
            caller.onNext(line("one"));
            throw new StorageException(problem, "what, which and what to do");
        };
        List<String> seen = new ArrayList<>();
        assertProblem(apply(seen), problem);
        assertThat(seen).containsExactly("one");
    }

    @ParameterizedTest
    @EnumSource
    void anErrorOfAStreamReachesTheCallerAfterWhatCameBefore(Problem problem) {
        pair.service.apply = caller -> {
            caller.onNext(line("one"));
            caller.onError(new StorageException(problem, "what, which and what to do"));
        };
        List<String> seen = new ArrayList<>();
        assertProblem(apply(seen), problem);
        assertThat(seen).containsExactly("one");
    }

    @Test
    void aFailureTranslatedFromAnotherServersStatusKeepsItsProblem() {
        pair.service.info = caller -> {
            StorageException below = GrpcProblems.fromStatus(
                    Status.UNAVAILABLE.withDescription("down").asRuntimeException());
            caller.onError(new StorageException(Problem.NOT_FOUND, "what, which and what to do", below));
        };
        assertProblem(info(), Problem.NOT_FOUND);
    }

    @Test
    void aStatusOfAnotherServerIsPassedOnAsItIs() {
        pair.service.info = _ -> {
            throw Status.OUT_OF_RANGE.withDescription("too far").asRuntimeException();
        };
        StatusRuntimeException failure = info();
        assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.OUT_OF_RANGE);
        assertThat(failure.getStatus().getDescription()).isEqualTo("too far");
    }

    @Test
    void aBugIsInternalAndSaysSo() {
        pair.service.info = _ -> {
            throw new IllegalStateException("odd");
        };
        assertThat(GrpcProblems.fromStatus(info())).hasMessageContaining("IllegalStateException: odd");
        assertThat(GrpcProblems.fromStatus(info()).problem()).isEqualTo(Problem.INTERNAL);
    }

    @Test
    void aClassThatCannotBeLoadedIsInternalAndDoesNotStopTheServer() {
        pair.service.info = _ -> {
            throw new NoClassDefFoundError("io/sagara/Missing");
        };
        assertThat(GrpcProblems.fromStatus(info())).hasMessageContaining("io/sagara/Missing");
        pair.service.info = new ScriptedAgent().info;
        assertThat(pair.stub.getInfo(GetInfoRequest.getDefaultInstance()).getNode())
                .isEqualTo("n");
    }

    @Test
    void whatIsThrownAfterTheAnswerDoesNotChangeIt() {
        pair.service.info = caller -> {
            new ScriptedAgent().info.accept(caller);
            throw new StorageException(Problem.INTERNAL, "too late");
        };
        assertThat(pair.stub.getInfo(GetInfoRequest.getDefaultInstance()).getNode())
                .isEqualTo("n");
    }

    @Test
    void aMessageLongerThanAHeaderArrivesCut() {
        pair.service.info = _ -> {
            throw new StorageException(Problem.NO_SPACE, "ü".repeat(50_000));
        };
        StorageException failure = GrpcProblems.fromStatus(info());
        assertThat(failure.problem()).isEqualTo(Problem.NO_SPACE);
        assertThat(failure.getMessage()).hasSizeGreaterThan(500).endsWith(" ...");
    }

    @Test
    void aCallThatTheServerDoesNotHaveIsUnsupported() {
        assertThatThrownBy(() -> pair.stub.listPools(ListPoolsRequest.getDefaultInstance()))
                .isInstanceOfSatisfying(StatusRuntimeException.class, failure -> {
                    assertThat(GrpcProblems.fromStatus(failure).problem()).isEqualTo(Problem.UNSUPPORTED);
                    assertThat(GrpcProblems.unanswered(failure)).isEmpty();
                });
    }

    private static void assertProblem(StatusRuntimeException failure, Problem problem) {
        StorageException seen = GrpcProblems.fromStatus(failure);
        assertThat(seen.problem()).isEqualTo(problem);
        assertThat(seen).hasMessage("what, which and what to do");
        assertThat(GrpcProblems.unanswered(failure)).isEmpty();
    }

    private StatusRuntimeException info() {
        try {
            throw new AssertionError("answered: " + pair.stub.getInfo(GetInfoRequest.getDefaultInstance()));
        } catch (StatusRuntimeException e) {
            return e;
        }
    }

    private StatusRuntimeException apply(List<String> seen) {
        Iterator<Progress> stream = pair.stub.applyPool(ApplyPoolRequest.getDefaultInstance());
        try {
            stream.forEachRemaining(progress -> seen.add(progress.getLine()));
            throw new AssertionError("ended well after " + seen);
        } catch (StatusRuntimeException e) {
            return e;
        }
    }

    private static Progress line(String text) {
        return Progress.newBuilder().setLine(text).build();
    }
}
