package io.sagara.agent.rebalance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class TallyTest {
    private static String line(String how, String seconds) {
        return "[2026-11-27 23:08:41.307489 +0000] I [MSGID: 109028] [dht-rebalance.c:4663:gf_defrag_status_get] 0-DHT:"
                + " Rebalance is " + how + ". Time taken is " + seconds + " secs Files migrated: 209, size: 4180000,"
                + " lookups: 400, failures: 1, skipped: 2 \n";
    }

    @Test
    void theEndOfTheLastRunIsFound() {
        String log = line("stopped", "9.00") + line("in progress", "3.00") + line("completed", "6");
        assertThat(Tally.atEnd(log)).contains(new Tally("completed", 209, 4_180_000, 400, 1, 2, 6));
    }

    @Test
    void whileItWorksThereIsNoEnd() {
        assertThat(Tally.atEnd(line("in progress", "3.00"))).isEmpty();
    }

    @Test
    void itsAnswerIsRead() {
        assertThat(Tally.answered(Map.of("files", "12", "lookups", "400", "size", "240000", "run-time", "1.5")))
                .isEqualTo(new Tally("", 12, 240_000, 400, 0, 0, 1));
    }
}
