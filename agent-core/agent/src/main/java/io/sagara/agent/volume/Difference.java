package io.sagara.agent.volume;

/// Something in a pool that does not agree with something else in it.
///
/// `what`: a sentence that names it. `advice`: what to do about it; empty where it is repaired. `repaired`: whether
/// the check that found it has put it right.
public record Difference(Kind kind, String what, String advice, boolean repaired) {
    /// What does not agree.
    public enum Kind {
        /// A volume that the account does not count.
        NOT_COUNTED,
        /// A row of the account without a volume.
        NO_VOLUME,
        /// A row of the account with another size than the volume has.
        OTHER_SIZE,
        /// A volume without a limit.
        NO_LIMIT,
        /// A volume with another limit than its size.
        OTHER_LIMIT,
        /// What a call that was cut short has left, or one that is under way has made.
        UNFINISHED,
        /// What cannot be read, belongs to nothing, or is lost.
        BROKEN,
        /// A damaged account that was set aside, and rebuilt.
        ACCOUNT_SET_ASIDE
    }

    Difference asRepaired() {
        return new Difference(kind, what, "", true);
    }

    /// From a sentence whose advice follows its last semicolon.
    static Difference of(Kind kind, String sentence) {
        int end = sentence.lastIndexOf("; ");
        return end < 0
                ? new Difference(kind, sentence, "look at it", false)
                : new Difference(kind, sentence.substring(0, end), sentence.substring(end + 2), false);
    }
}
