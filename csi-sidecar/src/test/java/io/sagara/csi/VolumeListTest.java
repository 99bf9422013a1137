package io.sagara.csi;

import static io.sagara.csi.Requests.newVolume;
import static org.assertj.core.api.Assertions.assertThat;

import io.sagara.api.v1.LayoutType;
import io.sagara.api.v1.PoolPhase;
import io.sagara.csi.v1.DeleteVolumeRequest;
import io.sagara.csi.v1.ListVolumesRequest;
import io.sagara.csi.v1.ListVolumesResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VolumeListTest {
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
    void aListWithoutVolumesIsEmpty() {
        assertThat(page(0, "")).isEqualTo(ListVolumesResponse.getDefaultInstance());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 7, 8, 6000})
    void pagesOfAnySizeTogetherAreAllVolumesInOrder(int entries) {
        for (int i = 0; i < 7; i++) {
            rig.controller.createVolume(newVolume("v" + i));
        }
        List<String> seen = new ArrayList<>();
        ListVolumesResponse page = page(entries, "");
        seen.addAll(names(page));
        while (!page.getNextToken().isEmpty()) {
            assertThat(page.getEntriesCount()).isEqualTo(entries);
            page = page(entries, page.getNextToken());
            seen.addAll(names(page));
        }
        assertThat(seen).containsExactly("v0", "v1", "v2", "v3", "v4", "v5", "v6");
    }

    @Test
    void aListGoesOnWhereItWasWhenTheLastVolumeOfAPageIsDeleted() {
        for (String name : List.of("a", "b", "c")) {
            rig.controller.createVolume(newVolume(name));
        }
        String token = page(2, "").getNextToken();
        rig.controller.deleteVolume(
                DeleteVolumeRequest.newBuilder().setVolumeId("b").build());
        assertThat(names(page(2, token))).containsExactly("c");
    }

    @Test
    void noPageIsLargerThanAMessageMayBe() {
        page(0, "");
        int most = rig.agent.last(io.sagara.api.v1.ListVolumesRequest.class).getMaxEntries();
        page(Integer.MAX_VALUE, "");
        assertThat(rig.agent.last(io.sagara.api.v1.ListVolumesRequest.class).getMaxEntries())
                .isEqualTo(most);
        String longest = "n".repeat(128);
        rig.agent.put(io.sagara.api.v1.Volume.newBuilder()
                .setName(longest)
                .setPool("p".repeat(63))
                .setPath("virtblock/aa/bb/" + longest)
                .setLayout(LayoutType.REPLICA1)
                .build());
        rig.agent.pool("p".repeat(63), LayoutType.REPLICA1, PoolPhase.DEGRADED, "brick 0 is down");
        assertThat(page(0, "").getSerializedSize() * most).isLessThan(4 << 20);
    }

    @Test
    void everyEntryHasTheConditionOfItsPool() {
        rig.agent.pool("p2", LayoutType.REPLICA1, PoolPhase.FAILED, "no brick");
        rig.controller.createVolume(newVolume("a"));
        rig.controller.createVolume(
                newVolume("b").toBuilder().putParameters("storage_name", "p2").build());
        rig.controller.createVolume(
                newVolume("c").toBuilder().putParameters("storage_name", "gone").build());
        assertThat(page(0, "").getEntriesList())
                .extracting(entry -> entry.getStatus().getVolumeCondition().getAbnormal())
                .containsExactly(false, true, true);
    }

    @Test
    void whatCannotBeReadDoesNotSpoilTheRest() {
        rig.controller.createVolume(newVolume("a"));
        rig.agent.unreadable.add("pool p2 does not answer");
        assertThat(names(page(0, ""))).containsExactly("a");
    }

    private ListVolumesResponse page(int entries, String token) {
        return rig.controller.listVolumes(ListVolumesRequest.newBuilder()
                .setMaxEntries(entries)
                .setStartingToken(token)
                .build());
    }

    private static List<String> names(ListVolumesResponse page) {
        return page.getEntriesList().stream()
                .map(entry -> entry.getVolume().getVolumeId())
                .toList();
    }
}
