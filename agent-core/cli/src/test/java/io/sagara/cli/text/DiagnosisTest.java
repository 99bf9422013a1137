package io.sagara.cli.text;

import static org.assertj.core.api.Assertions.assertThat;

import io.sagara.api.v1.AgentInfo;
import io.sagara.api.v1.BrickStatus;
import io.sagara.api.v1.PoolPhase;
import io.sagara.api.v1.PoolSpec;
import io.sagara.api.v1.PoolStatus;
import io.sagara.api.v1.ProcessStatus;
import io.sagara.api.v1.TlsStatus;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DiagnosisTest {
    private static Snapshot of(PoolStatus.Builder... pools) {
        return new Snapshot(
                Path.of("/state"),
                Optional.of(AgentInfo.newBuilder().setReady(true).build()),
                true,
                true,
                List.of(pools).stream().map(PoolStatus.Builder::build).toList());
    }

    private static PoolStatus.Builder pool(PoolPhase phase, String message) {
        return PoolStatus.newBuilder()
                .setSpec(PoolSpec.newBuilder().setName("p1"))
                .setPhase(phase)
                .setMessage(message);
    }

    @Test
    void nothingIsFoundWhereAllIsWell() {
        Snapshot snapshot = of(pool(PoolPhase.READY, "")
                .setTotalBytes(1000)
                .setUsedBytes(100)
                .addProcesses(ProcessStatus.newBuilder().setRole("client").setState("RUNNING"))
                .addBricks(BrickStatus.newBuilder()
                        .setLocal(true)
                        .setState("RUNNING")
                        .setTotalBytes(1000)
                        .setFreeBytes(900)));
        assertThat(Diagnosis.of(snapshot)).isEmpty();
        assertThat(Diagnosis.text(snapshot, List.of())).isEqualTo("all is well: 1 pools\n");
        assertThat(Json.findings(snapshot, List.of())).contains("\"well\": true", "[]");
    }

    @Test
    void versionsAreSaidAndOldOnesWarnedOf() {
        AgentInfo agent = AgentInfo.newBuilder()
                .setReady(true)
                .setVersion("0.1.0")
                .setNode("n1")
                .setGlusterfsVersion("9.6")
                .build();
        Snapshot snapshot = new Snapshot(Path.of("/state"), Optional.of(agent), true, true, List.of());
        List<Finding> findings = Diagnosis.of(snapshot);
        assertThat(findings)
                .containsExactly(new Finding(
                        "glusterfs",
                        false,
                        "version 9.6 of this node is older than 10, which is the oldest that is tested",
                        "update GlusterFS' packages on this node"));
        assertThat(Diagnosis.text(snapshot, findings))
                .startsWith("Sagara 0.1.0, GlusterFS 9.6 on node n1\nWARN   glusterfs: version 9.6");
        assertThat(Json.findings(snapshot, findings))
                .contains("\"versions\": {\"sagara\": \"0.1.0\", \"glusterfs\": \"9.6\"}");
        Snapshot newer = new Snapshot(
                Path.of("/state"),
                Optional.of(agent.toBuilder().setGlusterfsVersion("11.1").build()),
                true,
                true,
                List.of());
        assertThat(Diagnosis.of(newer)).isEmpty();
    }

    @Test
    void theMessageOfAPoolIsSplitIntoWhatIsWrongAndWhatToDo() {
        Snapshot snapshot = of(pool(
                        PoolPhase.FAILED,
                        "client: gone; h:24007 is closed; start glusterd there; i:24007 is closed; start glusterd there;"
                                + " h:24007 is closed; start glusterd there")
                .addProcesses(ProcessStatus.newBuilder().setRole("client").setState("BACKOFF")));
        List<Finding> findings = Diagnosis.of(snapshot);
        assertThat(findings)
                .containsExactly(
                        new Finding("pool p1", true, "client: gone", ""),
                        new Finding("pool p1", true, "h:24007 is closed", "start glusterd there"),
                        new Finding("pool p1", true, "i:24007 is closed", "start glusterd there"));
        assertThat(Diagnosis.text(snapshot, findings))
                .contains("FAILS  pool p1: h:24007 is closed\n       > start glusterd there\n");
        assertThat(Json.findings(snapshot, findings)).contains("\"what\": \"h:24007 is closed\"");
    }

    @Test
    void aCertificateIsAWarningBeforeItsEndAndAFailureAfter() {
        String soon = "the certificate of n1 expires at 2030-01-01; renew it";
        String late = "the certificate of n1 has expired at 2030-01-01, and no new connection can be made; renew it";
        assertThat(Diagnosis.of(of(pool(PoolPhase.READY, soon)
                        .setTls(TlsStatus.newBuilder().setProblem(soon)))))
                .containsExactly(
                        new Finding("pool p1", false, "the certificate of n1 expires at 2030-01-01", "renew it"));
        assertThat(Diagnosis.of(of(pool(PoolPhase.DEGRADED, "unit 0: is away; " + late)
                        .setTls(TlsStatus.newBuilder().setProblem(late).setExpired(true)))))
                .contains(
                        new Finding("pool p1", false, "unit 0: is away", ""),
                        new Finding(
                                "pool p1",
                                true,
                                "the certificate of n1 has expired at 2030-01-01, and no new connection can be made",
                                "renew it"));
    }

    @Test
    void whatFailsComesBeforeWhatWillOrMay() {
        List<Finding> findings = Diagnosis.of(of(pool(PoolPhase.READY, "")
                .setTotalBytes(1000)
                .setUsedBytes(990)
                .setPromisedBytes(2000)
                .addProcesses(ProcessStatus.newBuilder()
                        .setRole("client")
                        .setState("STALLED")
                        .setDetail("silent")
                        .setRestarts(3))
                .addBricks(BrickStatus.newBuilder()
                        .setLocal(true)
                        .setState("BACKOFF")
                        .setPendingHeals(5))));
        assertThat(findings)
                .extracting(Finding::where)
                .containsExactly(
                        "pool p1, client",
                        "pool p1, brick 0",
                        "pool p1",
                        "pool p1",
                        "pool p1, client",
                        "pool p1, brick 0");
        assertThat(findings).allSatisfy(finding -> assertThat(finding.advice()).isNotEmpty());
    }
}
