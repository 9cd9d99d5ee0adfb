package dev.lmstudiooperator.agent.plan;

import dev.lmstudiooperator.api.v1alpha1.Reason;
import dev.lmstudiooperator.api.v1alpha1.Truth;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/** What was loaded as often as it may be, and is gone, stays gone. */
final class ExpiryRules {

    private static final String HOW_TO_RELOAD = "Change the annotation lmstudio-operator.dev/reload to load it again";

    private static final Set<Reason> NOT_SERVED = EnumSet.of(Reason.VERIFICATION_FAILED, Reason.STUCK);

    private ExpiryRules() {}

    /** The TTL of what LM Studio loaded otherwise than it was asked to has run out: it would do so again. */
    static Optional<Decision> stallAfterSettingsWereNotHonored(Situation s) {
        Failure failure = s.history().failure();
        return s.instance().isEmpty()
                        && failure != null
                        && failure.reason() == Reason.SETTINGS_NOT_HONORED
                        && s.isLoadDone()
                ? Optional.of(
                        Decision.rest(Finding.stalled(Truth.FALSE, Reason.SETTINGS_NOT_HONORED, failure.message())))
                : Optional.empty();
    }

    /** At most one load per revision succeeds; one that was cut off does not count. */
    static Optional<Decision> leaveExpired(Situation s) {
        return s.instance().isEmpty() && isUsedUp(s)
                ? Optional.of(expired(
                        "The model was loaded once, and was unloaded after its TTL of %d s, or by another client. %s"
                                .formatted(s.desired().ttl().toSeconds(), HOW_TO_RELOAD)))
                : Optional.empty();
    }

    /** The one load of the revision has been: unloading this would load nothing in its place. */
    static Optional<Decision> leaveWhatOthersLoadedSince(Situation s) {
        History.Recorded recorded = s.history().recorded();
        return s.instance()
                .filter(instance -> isUsedUp(s) && recorded != null && recorded.isAdopted())
                .map(instance -> Drift.between(s.desired(), instance))
                .filter(Drift::exists)
                .map(drift -> expired("Another client loaded %s with different settings: %s. %s"
                        .formatted(s.desired().identifier(), drift.describe(), HOW_TO_RELOAD)));
    }

    private static boolean isUsedUp(Situation s) {
        return s.desired().isTemporary() && s.isLoadDone() && !isReloadOwed(s);
    }

    /** What was loaded and did not serve was unloaded to be loaded again. */
    private static boolean isReloadOwed(Situation s) {
        Failure failure = s.history().failure();
        return failure != null && NOT_SERVED.contains(failure.reason());
    }

    private static Decision expired(String message) {
        return Decision.rest(Finding.reached(Truth.FALSE, Reason.EXPIRED, message));
    }
}
