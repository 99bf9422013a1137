package io.sagara.agent.account;

import static org.assertj.core.api.Assertions.assertThat;

import io.sagara.spi.Bytes;
import io.sagara.spi.VolumeName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class ReconciliationProperties {
    @Property
    void equalAccountsDoNotDiffer(@ForAll("account") Map<VolumeName, Bytes> account) {
        assertThat(Reconciliation.differences(account, account, name -> false)).isEmpty();
    }

    @Property
    void everyNameThatDiffersIsNamedOnceAndNoOther(
            @ForAll("account") Map<VolumeName, Bytes> volumes, @ForAll("account") Map<VolumeName, Bytes> rows) {
        Set<VolumeName> differing = new TreeSet<>(volumes.keySet());
        differing.addAll(rows.keySet());
        differing.removeIf(
                name -> volumes.containsKey(name) && volumes.get(name).equals(rows.get(name)));
        assertThat(Reconciliation.differences(volumes, rows, name -> false))
                .extracting(Difference::name)
                .containsExactlyElementsOf(differing);
    }

    @Property
    void nothingIsSaidAboutWhatIsInProgress(
            @ForAll("account") Map<VolumeName, Bytes> volumes,
            @ForAll("account") Map<VolumeName, Bytes> rows,
            @ForAll("account") Map<VolumeName, Bytes> busy) {
        assertThat(Reconciliation.differences(volumes, rows, busy::containsKey))
                .noneMatch(difference -> busy.containsKey(difference.name()));
    }

    @Property(tries = 40)
    void afterSettlingThereIsNoDifferenceAndSettlingAgainChangesNothing(
            @ForAll("account") Map<VolumeName, Bytes> volumes, @ForAll("account") Map<VolumeName, Bytes> rows)
            throws IOException {
        Path root = Files.createTempDirectory("ledger");
        try (Ledger ledger = TestLedgers.in(root, rows)) {
            List<Difference> differences = Reconciliation.differences(volumes, counted(ledger), name -> false);
            for (int times = 0; times < 2; times++) {
                differences.forEach(difference -> Reconciliation.settle(ledger, difference));
                assertThat(Reconciliation.differences(volumes, counted(ledger), name -> false))
                        .isEmpty();
                assertThat(counted(ledger)).isEqualTo(volumes);
            }
        } finally {
            for (String file : List.of("stat.db", "stat.db-journal")) {
                Files.deleteIfExists(root.resolve(file));
            }
            Files.delete(root);
        }
    }

    private static Map<VolumeName, Bytes> counted(Ledger ledger) {
        return ledger.entries().stream()
                .collect(Collectors.toMap(LedgerEntry::name, LedgerEntry::size, (a, b) -> a, TreeMap::new));
    }

    @Provide
    Arbitrary<Map<VolumeName, Bytes>> account() {
        return Arbitraries.maps(
                        Arbitraries.of("a", "b", "c", "d", "e").map(VolumeName::new),
                        Arbitraries.longs().between(0, 3).map(Bytes::new))
                .map(TreeMap::new);
    }
}
