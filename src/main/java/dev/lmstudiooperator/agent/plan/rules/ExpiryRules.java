package dev.lmstudiooperator.agent.plan.rules;

import dev.lmstudiooperator.agent.plan.Decision;
import dev.lmstudiooperator.agent.plan.Drift;
import dev.lmstudiooperator.agent.plan.PlanInput;
import dev.lmstudiooperator.api.v1alpha1.ConditionStatus;
import dev.lmstudiooperator.api.v1alpha1.Reason;
import java.util.Optional;

/** Keeps a model unloaded when its permitted load has been used and the instance is gone. */
final class ExpiryRules {

    private static final String HOW_TO_RELOAD = "Change the annotation lmstudio-operator.dev/reload to load it again";

    private ExpiryRules() {}

    /** LM Studio did not honor the settings and the TTL has expired. Another load has the same result. */
    static Optional<Decision> stallAfterSettingsWereNotHonored(PlanInput s) {
        return Optional.ofNullable(s.history().failure())
                .filter(failure -> failure.reason() == Reason.SETTINGS_NOT_HONORED)
                .filter(failure -> s.instance().isEmpty() && s.isLoadDone())
                .map(failure ->
                        Decision.stalled(ConditionStatus.FALSE, Reason.SETTINGS_NOT_HONORED, failure.message()));
    }

    /** At most one load per revision succeeds. An interrupted load does not count. */
    static Optional<Decision> leaveExpired(PlanInput s) {
        return s.instance().isEmpty() && isUsedUp(s)
                ? Optional.of(expired(
                        "The model was loaded once, and was unloaded after its TTL of %d s, or by another client. %s"
                                .formatted(s.desired().ttl().toSeconds(), HOW_TO_RELOAD)))
                : Optional.empty();
    }

    /**
     * Keeps an instance that another client loaded. The one load of this revision has been used, so nothing may replace
     * it.
     */
    static Optional<Decision> leaveWhatOthersLoadedSince(PlanInput s) {
        return s.instance()
                .filter(instance -> isUsedUp(s) && s.history().isAdopted())
                .map(instance -> Drift.between(s.desired(), instance))
                .filter(Drift::exists)
                .map(drift -> expired("Another client loaded %s with different settings: %s. %s"
                        .formatted(s.identifier(), drift.describe(), HOW_TO_RELOAD)));
    }

    private static boolean isUsedUp(PlanInput s) {
        return s.desired().isTemporary() && s.isLoadDone() && !isReloadOwed(s);
    }

    /** Whether the agent unloaded a model that was not served in order to load it again. */
    private static boolean isReloadOwed(PlanInput s) {
        return s.history().isBlockedBy(Reason.VERIFICATION_FAILED)
                || s.history().isBlockedBy(Reason.STUCK);
    }

    private static Decision expired(String message) {
        return Decision.reached(ConditionStatus.FALSE, Reason.EXPIRED, message);
    }
}
