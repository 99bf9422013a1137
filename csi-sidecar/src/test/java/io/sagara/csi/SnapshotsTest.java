package io.sagara.csi;

import static io.sagara.csi.Requests.MIB;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Timestamp;
import io.sagara.csi.v1.CapacityRange;
import io.sagara.csi.v1.CreateSnapshotRequest;
import io.sagara.csi.v1.DeleteSnapshotRequest;
import io.sagara.csi.v1.ListSnapshotsRequest;
import io.sagara.csi.v1.ListSnapshotsResponse;
import io.sagara.csi.v1.Snapshot;
import io.sagara.csi.v1.VolumeContentSource;
import io.sagara.spi.Problem;
import java.io.IOException;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SnapshotsTest {
    private Rig rig;

    @BeforeEach
    void start() throws Exception {
        rig = new Rig();
        var _ = rig.controller.createVolume(Requests.newVolume("v"));
    }

    @AfterEach
    void stop() throws IOException {
        rig.close();
    }

    private Snapshot take(String name) {
        return rig.controller
                .createSnapshot(CreateSnapshotRequest.newBuilder()
                        .setName(name)
                        .setSourceVolumeId("v")
                        .build())
                .getSnapshot();
    }

    private ListSnapshotsResponse list(ListSnapshotsRequest.Builder request) {
        return rig.controller.listSnapshots(request.build());
    }

    private static List<String> ids(ListSnapshotsResponse response) {
        return response.getEntriesList().stream()
                .map(entry -> entry.getSnapshot().getSnapshotId())
                .toList();
    }

    @Test
    void aSnapshotIsToldWithItsSourceSizeAndTime() {
        Snapshot taken = take("s1");
        assertThat(taken)
                .isEqualTo(Snapshot.newBuilder()
                        .setSnapshotId("s1")
                        .setSourceVolumeId("v")
                        .setSizeBytes(64 * MIB)
                        .setCreationTime(Timestamp.newBuilder().setSeconds(7))
                        .setReadyToUse(true)
                        .build());
        assertThat(take("s1")).isEqualTo(taken);
        assertThat(ids(list(ListSnapshotsRequest.newBuilder().setSnapshotId("s1"))))
                .containsExactly("s1");
        var _ = rig.controller.deleteSnapshot(
                DeleteSnapshotRequest.newBuilder().setSnapshotId("s1").build());
        assertThat(ids(list(ListSnapshotsRequest.newBuilder()))).isEmpty();
    }

    @Test
    void pagesFollowEachOtherAndFiltersThatFitNothingGiveAnEmptyList() {
        take("s1");
        take("s2");
        take("s3");
        ListSnapshotsResponse first = list(ListSnapshotsRequest.newBuilder().setMaxEntries(2));
        assertThat(ids(first)).containsExactly("s1", "s2");
        assertThat(ids(list(ListSnapshotsRequest.newBuilder().setStartingToken(first.getNextToken()))))
                .containsExactly("s3");
        assertThat(ids(list(ListSnapshotsRequest.newBuilder().setSourceVolumeId("v"))))
                .hasSize(3);
        assertThat(ids(list(ListSnapshotsRequest.newBuilder().setSourceVolumeId("w"))))
                .isEmpty();
        assertThat(ids(list(ListSnapshotsRequest.newBuilder().setSnapshotId("s9"))))
                .isEmpty();
        assertThat(ids(list(
                        ListSnapshotsRequest.newBuilder().setSnapshotId("s1").setSourceVolumeId("w"))))
                .isEmpty();
    }

    @Test
    void aRestoreWithoutASizeHasThatOfTheSnapshot() {
        take("s1");
        var request = Requests.newVolume("restored").toBuilder()
                .setCapacityRange(CapacityRange.newBuilder().setLimitBytes(1000 * MIB))
                .setVolumeContentSource(VolumeContentSource.newBuilder()
                        .setSnapshot(
                                VolumeContentSource.SnapshotSource.newBuilder().setSnapshotId("s1")))
                .build();
        var made = rig.controller.createVolume(request).getVolume();
        assertThat(made.getCapacityBytes()).isEqualTo(64 * MIB);
        assertThat(made.getContentSource()).isEqualTo(request.getVolumeContentSource());
        var asked = rig.agent.last(io.sagara.api.v1.CreateVolumeRequest.class);
        assertThat(asked.getSourceSnapshot()).isEqualTo("s1");
        assertThat(asked.getSourceVolume()).isEmpty();
    }

    @Test
    void whatIsMissingOrWrongIsRefusedWithoutTheAgent() {
        rig.agent.requests.clear();
        assertProblem(
                Problem.INVALID_ARGUMENT,
                () -> rig.controller.createSnapshot(CreateSnapshotRequest.newBuilder()
                        .setSourceVolumeId("v")
                        .build()));
        assertProblem(
                Problem.INVALID_ARGUMENT,
                () -> rig.controller.createSnapshot(
                        CreateSnapshotRequest.newBuilder().setName("s").build()));
        assertProblem(
                Problem.INVALID_ARGUMENT,
                () -> rig.controller.deleteSnapshot(DeleteSnapshotRequest.getDefaultInstance()));
        assertProblem(
                Problem.INVALID_ARGUMENT,
                () -> list(ListSnapshotsRequest.newBuilder().setMaxEntries(-1)));
        assertProblem(Problem.BUSY, () -> list(ListSnapshotsRequest.newBuilder().setStartingToken("strange")));
        assertThat(rig.agent.requests).isEmpty();
    }

    private static void assertProblem(Problem problem, Supplier<?> call) {
        assertThat(Failures.of(call).problem()).isEqualTo(problem);
    }
}
