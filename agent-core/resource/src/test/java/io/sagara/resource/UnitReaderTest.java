package io.sagara.resource;

import static io.sagara.resource.Storage.acceptedUnit;
import static io.sagara.resource.Storage.refused;
import static io.sagara.resource.Storage.unit;
import static org.assertj.core.api.Assertions.assertThat;

import io.sagara.api.v1.BrickSpec;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class UnitReaderTest {
    private static final String HERE = "node: localhost";

    @Test
    void thisMachineHasSeveralNames() {
        for (String name : List.of("localhost", "LOCALHOST", "host1", "Host1.Example.org")) {
            assertThat(acceptedUnit("node: " + name, "path: /a").getNode()).isEqualTo("localhost");
        }
    }

    @Test
    void otherMachinesAreRefusedInStandalone() {
        assertThat(refused(unit("node: kube1", "path: /a")))
                .containsExactly("line 9: pool p1: spec.storage[0].node: 'kube1' is not this machine, and no other is"
                        + " served; write 'node: localhost'");
    }

    @Test
    void aMissingNodeIsNamed() {
        assertThat(refused(unit("path: /a")))
                .containsExactly("line 9: pool p1: spec.storage[0].node: is missing; write 'node: localhost'");
        assertThat(Storage.refused(unit("path: /a"), new Nodes.Any()))
                .containsExactly("line 9: pool p1: spec.storage[0].node: is missing; write the name of a node, as"
                        + " 'kubectl get nodes' shows it");
    }

    @Test
    void aClaimNeedsNoNode() {
        assertThat(Storage.accepted(unit("pvc: claim-1"), new Nodes.Any())
                        .getFirst()
                        .getBricks(0))
                .isEqualTo(BrickSpec.newBuilder()
                        .setType("pvc")
                        .setSource("claim-1")
                        .build());
        assertThat(refused(unit("pvc: Claim_1")).getFirst())
                .contains("'Claim_1' is no name of a PersistentVolumeClaim");
    }

    @Test
    void pathsAreWhole() {
        assertThat(refused(unit(HERE, "path: data")))
                .containsExactly(
                        "line 10: pool p1: spec.storage[0].path: 'data' is relative; give the whole path, from '/'");
        assertThat(refused(unit(HERE, "path: /data/../etc")).getFirst()).contains("contains '..'");
        assertThat(refused(unit(HERE, "device: //")).getFirst()).contains("is the root of the machine");
        assertThat(refused(unit(HERE, "path: \"/a\\nb\"")).getFirst()).contains("contains a control character");
        assertThat(refused(unit(HERE, "path: /" + "x".repeat(5000))).getFirst())
                .contains("is longer than 4095")
                .hasSizeLessThan(200);
        assertThat(refused(unit(HERE, "path: ''")).getFirst()).contains("is empty");
        assertThat(refused(unit(HERE, "path: [/a]")).getFirst()).contains("must be one value, not a list");
    }

    @Test
    void aUnitHasOneSource() {
        assertThat(refused(unit(HERE, "path: /a", "device: /dev/vdb")))
                .containsExactly("line 9: pool p1: spec.storage[0]: names path and device; a unit is one of them, so"
                        + " remove the others");
        assertThat(refused(unit(HERE)))
                .containsExactly("line 9: pool p1: spec.storage[0]: names no storage; add one of 'path: /directory',"
                        + " 'device: /dev/disk/by-id/…', 'pvc: claim'");
        assertThat(refused(unit(HERE, "wipe: true")).getFirst()).contains("names no storage");
    }

    @Test
    void otherKeysBesideAKnownSourceAreOptions() {
        BrickSpec brick = acceptedUnit(HERE, "device: /dev/vdb", "wipe: true", "filesystem: ext4", "colour: 7");

        assertThat(brick.getType()).isEqualTo("device");
        assertThat(brick.getUnitOptionsMap()).isEqualTo(Map.of("wipe", "true", "filesystem", "ext4", "colour", "7"));
    }

    @Test
    void slipsAreNoOptions() {
        assertThat(refused(unit(HERE, "device: /dev/vdb", "wiep: true")))
                .containsExactly(
                        "line 11: pool p1: spec.storage[0].wiep: this field is not known; did you mean 'wipe'?");
        assertThat(refused(unit(HERE, "pth: /a")).getFirst()).contains("did you mean 'path'?");
        assertThat(refused(unit(HERE, "path: /a", "colour: {a: b}")).getFirst()).contains("must be one value");
    }

    @Test
    void anyOtherSingleKeyIsABackend() {
        BrickSpec brick = acceptedUnit(HERE, "zfs: tank/x", "wipe: false");

        assertThat(brick.getType()).isEqualTo("zfs");
        assertThat(brick.getSource()).isEqualTo("tank/x");
        assertThat(brick.getUnitOptionsMap()).isEqualTo(Map.of("wipe", "false"));
    }

    @Test
    void aBackendMayBeWrittenWithItsOptions() {
        BrickSpec brick = acceptedUnit(HERE, "zfs: {source: tank/x, compression: lz4}", "colour: red");

        assertThat(brick.getType()).isEqualTo("zfs");
        assertThat(brick.getSource()).isEqualTo("tank/x");
        assertThat(brick.getUnitOptionsMap()).isEqualTo(Map.of("compression", "lz4", "colour", "red"));
        assertThat(refused(unit(HERE, "zfs: {compression: lz4}")).getFirst()).contains("zfs.source: is missing");
    }

    @Test
    void twoUnknownKeysAreNotGuessed() {
        assertThat(refused(unit(HERE, "zfs: tank/x", "compression: lz4")))
                .containsExactly("line 9: pool p1: spec.storage[0]: names no path, device or pvc, and which of zfs,"
                        + " compression is the storage is not clear; write it as 'backend: {source: …, option: …}'");
        assertThat(refused(unit(HERE, "Zfs_2: tank/x")).getFirst()).contains("is no type of a backend");
    }
}
