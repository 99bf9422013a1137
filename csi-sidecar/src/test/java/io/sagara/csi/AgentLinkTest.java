package io.sagara.csi;

import static io.sagara.csi.Requests.newVolume;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.util.concurrent.ListenableFuture;
import io.grpc.Deadline;
import io.grpc.StatusRuntimeException;
import io.sagara.csi.v1.ControllerGrpc;
import io.sagara.csi.v1.CreateVolumeResponse;
import io.sagara.csi.v1.ListVolumesRequest;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AgentLinkTest {
    private static final Duration SHORT = Duration.ofMillis(300);

    private Rig rig;

    @BeforeEach
    void start() throws IOException {
        rig = new Rig();
    }

    @AfterEach
    void stop() throws IOException {
        rig.close();
    }

    @Test
    void theCallersDeadlineReachesTheAgent() {
        rig.controller.withDeadlineAfter(20, TimeUnit.SECONDS).createVolume(newVolume("v"));
        assertThat(secondsLeft()).isBetween(15L, 20L);
    }

    @Test
    void aCallerWithoutADeadlineGetsOurs() {
        rig.controller.createVolume(newVolume("v"));
        assertThat(secondsLeft()).isBetween(55L, 60L);
        rig.controller.listVolumes(ListVolumesRequest.getDefaultInstance());
        assertThat(secondsLeft()).isBetween(25L, 30L);
    }

    @Test
    void aCallerWithALaterDeadlineGetsOursToo() {
        rig.controller.withDeadlineAfter(1, TimeUnit.HOURS).createVolume(newVolume("v"));
        assertThat(secondsLeft()).isBetween(55L, 60L);
    }

    @Test
    void aHangingAgentIsGivenUpAndTold() throws Exception {
        rig.close();
        rig = new Rig(new AgentLink.Bounds(SHORT, SHORT, SHORT));
        rig.agent.gate = new CountDownLatch(1);
        StorageException failure = Failures.of(() -> rig.controller.createVolume(newVolume("v")));
        assertThat(failure.problem()).isEqualTo(Problem.UNAVAILABLE);
        assertThat(failure).hasMessageContaining("did not answer in time").hasMessageContaining("repeat the call");
        assertThat(rig.agent.cancelled.await(5, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void aHangingCallHoldsUpNoOther() throws Exception {
        CountDownLatch gate = new CountDownLatch(1);
        rig.agent.gate = gate;
        ListenableFuture<CreateVolumeResponse> hanging = future().createVolume(newVolume("v"));
        assertThat(rig.agent.arrived.await(5, TimeUnit.SECONDS)).isTrue();
        rig.agent.gate = null;
        assertThat(rig.controller.createVolume(newVolume("w")).getVolume().getVolumeId())
                .isEqualTo("w");
        assertThat(hanging.isDone()).isFalse();
        gate.countDown();
        assertThat(hanging.get(5, TimeUnit.SECONDS).getVolume().getVolumeId()).isEqualTo("v");
    }

    @Test
    void aCallerThatGivesUpCancelsTheAgentsWork() throws Exception {
        rig.agent.gate = new CountDownLatch(1);
        ListenableFuture<CreateVolumeResponse> call = future().createVolume(newVolume("v"));
        assertThat(rig.agent.arrived.await(5, TimeUnit.SECONDS)).isTrue();
        call.cancel(true);
        assertThat(rig.agent.cancelled.await(5, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void aCallersDeadlineThatPassesIsTheCallersToSee() {
        rig.agent.gate = new CountDownLatch(1);
        assertThatThrownBy(() -> rig.controller
                        .withDeadlineAfter(SHORT.toMillis(), TimeUnit.MILLISECONDS)
                        .createVolume(newVolume("v")))
                .isInstanceOf(StatusRuntimeException.class)
                .hasMessageStartingWith("DEADLINE_EXCEEDED");
    }

    @Test
    void anAgentThatIsAwayIsNamed() throws Exception {
        rig.stopAgent();
        assertAway(Failures.of(() -> rig.controller.createVolume(newVolume("v"))));
    }

    @Test
    void anAgentThatStopsInTheMiddleOfACallIsNamed() throws Exception {
        rig.agent.gate = new CountDownLatch(1);
        CompletableFuture<StorageException> call = CompletableFuture.supplyAsync(
                () -> Failures.of(() -> rig.controller.createVolume(newVolume("v"))), Thread::startVirtualThread);
        assertThat(rig.agent.arrived.await(5, TimeUnit.SECONDS)).isTrue();
        rig.stopAgent();
        assertAway(call.get(5, TimeUnit.SECONDS));
    }

    @Test
    void anAgentThatIsRestartedIsFoundAgain() throws Exception {
        rig.controller.createVolume(newVolume("v"));
        rig.stopAgent();
        assertAway(Failures.of(() -> rig.controller.createVolume(newVolume("v"))));
        rig.startAgent();
        assertThat(rig.controller.createVolume(newVolume("v")).getVolume().getVolumeId())
                .isEqualTo("v");
    }

    private void assertAway(StorageException failure) {
        assertThat(failure.problem()).isEqualTo(Problem.UNAVAILABLE);
        assertThat(failure).hasMessage("the agent does not answer on " + rig.config.agentSocket() + ": is it running?");
    }

    private ControllerGrpc.ControllerFutureStub future() {
        return ControllerGrpc.newFutureStub(rig.controller.getChannel());
    }

    private long secondsLeft() {
        Deadline deadline = Objects.requireNonNull(rig.agent.deadline);
        return deadline.timeRemaining(TimeUnit.SECONDS);
    }
}
