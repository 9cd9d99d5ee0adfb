package dev.lmstudiooperator.agent.plan;

import dev.lmstudiooperator.lmstudio.Reading;
import dev.lmstudiooperator.lmstudio.Served;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** When an instance is to be checked. */
final class Checks {

    /** Time until the next check after one that did not pass, unless the period is shorter. */
    static final Duration AFTER_FAILURE = Duration.ofSeconds(10);

    private Checks() {}

    /** The last check of this very instance; null when it was not checked since it was loaded. */
    static @Nullable Check current(Situation s) {
        Check check = s.history().lastCheck();
        return check == null || check.at().isBefore(settledAt(s)) ? null : check;
    }

    static Instant dueAt(Situation s) {
        Check check = current(s);
        if (check == null) {
            return settledAt(s);
        }
        if (check.hasPassed()) {
            return isContradicted(s, check)
                    ? s.now()
                    : check.at().plus(s.desired().checkPeriod());
        }
        Duration period = s.desired().checkPeriod();
        return check.at().plus(period.compareTo(AFTER_FAILURE) < 0 ? period : AFTER_FAILURE);
    }

    static Instant settledAt(Situation s) {
        History.Recorded recorded = s.history().recorded();
        return recorded == null || recorded.loadedAt() == null
                ? Instant.MIN
                : recorded.loadedAt().plus(s.desired().settle());
    }

    /** The second witness no longer lists what was proven. */
    private static boolean isContradicted(Situation s, Check check) {
        return switch (s.observation().served()) {
            case Reading.Unknown<Served> unknown -> false;
            case Reading.Known<Served> known ->
                known.at().isAfter(check.at())
                        && !known.value()
                                .lists(s.desired().identifier(), s.desired().modelKey());
        };
    }
}
