package io.sagara.agent.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.sagara.api.v1.CreateVolumeRequest;
import io.sagara.api.v1.ExternalVolume;
import io.sagara.api.v1.LayoutType;
import io.sagara.api.v1.PoolSpec;
import io.sagara.spi.PoolName;
import io.sagara.spi.Problem;
import io.sagara.spi.StorageException;
import java.util.List;
import org.junit.jupiter.api.Test;

class ExternalChoiceTest {
    private static final List<PoolSpec> POOLS = List.of(
            pool("p1", "data", "h1", "h2"),
            pool("p2", "data", "h9"),
            PoolSpec.newBuilder()
                    .setName("native")
                    .setLayout(LayoutType.REPLICA1)
                    .build());

    private static PoolSpec pool(String name, String volume, String... hosts) {
        return PoolSpec.newBuilder()
                .setName(name)
                .setLayout(LayoutType.EXTERNAL)
                .setExternal(ExternalVolume.newBuilder().setVolume(volume).addAllHosts(List.of(hosts)))
                .build();
    }

    private static CreateVolumeRequest request(String volume, String... hosts) {
        return CreateVolumeRequest.newBuilder()
                .setName("pvc-1")
                .setExternalVolume(volume)
                .addAllExternalHosts(List.of(hosts))
                .build();
    }

    private static void refuses(Problem problem, CreateVolumeRequest request, String... words) {
        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(() -> ExternalChoice.of(request, POOLS))
                .withMessageContainingAll(words)
                .satisfies(e -> assertThat(e.problem()).isEqualTo(problem));
    }

    @Test
    void aRequestThatNamesNoClusterIsLeftToOthers() {
        assertThat(ExternalChoice.of(request(""), POOLS)).isEmpty();
    }

    @Test
    void oneCommonHostTellsWhichPoolIsMeant() {
        assertThat(ExternalChoice.of(request("data", "h2", "h3"), POOLS)).contains(new PoolName("p1"));
    }

    @Test
    void noneOrTwoAreRefusedAndThePoolsListed() {
        refuses(Problem.INVALID_ARGUMENT, request("data"), "more than one pool", "p1 (volume 'data' of h1,h2)", "p2");
        refuses(Problem.NOT_FOUND, request("other", "h1"), "no pool is in volume 'other'", "p1", "p2");
        CreateVolumeRequest any = CreateVolumeRequest.newBuilder()
                .setName("pvc-1")
                .setLayout(LayoutType.EXTERNAL)
                .build();
        refuses(Problem.INVALID_ARGUMENT, any, "storage_name", "p1", "p2");
    }
}
