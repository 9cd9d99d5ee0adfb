package dev.lmstudiooperator.agent.plan;

import dev.lmstudiooperator.api.v1alpha1.Reason;
import dev.lmstudiooperator.api.v1alpha1.Truth;
import dev.lmstudiooperator.api.v1alpha1.VerificationResult;
import dev.lmstudiooperator.lmstudio.Instance;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A loaded instance must be what the spec asks for, must be served, and must not expire while it is to be kept. */
final class InstanceRules {

    private InstanceRules() {}

    /** What the agent loaded with these very settings, and what differs all the same, would differ again. */
    static Optional<Decision> stallWhenSettingsAreNotHonored(Situation s) {
        return s.instance()
                .filter(instance -> isOwnLoad(s, instance))
                .map(instance -> Drift.between(s.desired(), instance))
                .filter(drift -> drift.exists() && !drift.isOtherModel())
                .map(drift -> notHonored(
                        s,
                        "LM Studio loaded %s with other settings than it was asked for: %s. Correct the spec"
                                .formatted(s.desired().modelKey(), drift.describe())));
    }

    /** It is remembered, so that the end of the TTL does not begin a circle. */
    private static Decision notHonored(Situation s, String message) {
        Decision stalled = Decision.rest(Finding.stalled(Truth.FALSE, Reason.SETTINGS_NOT_HONORED, message));
        Failure known = s.history().failure();
        return known != null && known.reason() == Reason.SETTINGS_NOT_HONORED
                ? stalled
                : stalled.remembering(new Failure(Reason.SETTINGS_NOT_HONORED, message, s.now(), null));
    }

    static Optional<Decision> drainThenReloadWhatDrifted(Situation s) {
        return s.instance().flatMap(instance -> {
            Drift drift = Drift.between(s.desired(), instance);
            return drift.exists()
                    ? Optional.of(Turns.drainThenUnload(
                            s,
                            instance,
                            Turns.drainDeadline(s),
                            Finding.underWay(
                                    Truth.FALSE,
                                    Reason.DRIFTED,
                                    "Reloads %s: %s".formatted(instance.identifier(), drift.describe()))))
                    : Optional.empty();
        });
    }

    static Optional<Decision> drainThenReloadWhatIsOfAnOlderRevision(Situation s) {
        return s.instance()
                .filter(instance -> Replacement.isOfOlderRevision(s))
                .map(instance -> Turns.drainThenUnload(
                        s,
                        instance,
                        Turns.drainDeadline(s),
                        Finding.underWay(
                                Truth.FALSE,
                                Reason.DRIFTED,
                                "Reloads %s: its load settings or the reload annotation have changed since it was loaded"
                                        .formatted(instance.identifier()))));
    }

    /** What was proven since it was loaded has settled, however long the spec now says that this takes. */
    static Optional<Decision> awaitSettling(Situation s) {
        Instant settledAt = Checks.settledAt(s);
        return s.instance().isPresent() && Checks.current(s) == null && s.now().isBefore(settledAt)
                ? Optional.of(Decision.restUntil(settledAt, verifying(s)))
                : Optional.empty();
    }

    static Optional<Decision> awaitProbe(Situation s) {
        return s.instance().isPresent() && s.history().isProbing()
                ? Optional.of(Decision.rest(latest(s)))
                : Optional.empty();
    }

    static Optional<Decision> checkWhenDue(Situation s) {
        return s.instance().isPresent() && !s.now().isBefore(Checks.dueAt(s))
                ? Optional.of(Decision.act(new Step.Check(), latest(s)))
                : Optional.empty();
    }

    static Optional<Decision> drainThenReloadWhatKeepsFailing(Situation s) {
        Check check = Checks.current(s);
        if (check == null
                || check.result() != VerificationResult.FAILED
                || check.failuresInARow() < s.desired().verification().failureThreshold()) {
            return Optional.empty();
        }
        String message = "Reloads %s after %d failed checks in a row: %s"
                .formatted(s.desired().identifier(), check.failuresInARow(), check.message());
        Failure failure = Backoff.after(s.history().failure(), Reason.VERIFICATION_FAILED, message, s.now());
        return s.instance()
                .map(instance -> Turns.drainThenUnload(
                        s,
                        instance,
                        Turns.drainDeadline(s),
                        Finding.underWay(Truth.FALSE, Reason.VERIFICATION_FAILED, message)))
                .map(decision -> decision.step() instanceof Step.Mutate ? decision.remembering(failure) : decision);
    }

    static Optional<Decision> awaitNextCheckAfterFailure(Situation s) {
        Check check = Checks.current(s);
        return s.instance().isPresent() && check != null && !check.hasPassed()
                ? Optional.of(Decision.restUntil(Checks.dueAt(s), latest(s)))
                : Optional.empty();
    }

    /** LM Studio counts from the last request, so the smallest real request is what renews. */
    static Optional<Decision> renewLease(Situation s) {
        if (s.desired().isTemporary() || s.instance().isEmpty()) {
            return Optional.empty();
        }
        Instant dueAt = Lease.renewalDueAt(s, s.instance().get());
        if (s.now().isBefore(dueAt)) {
            return Optional.empty();
        }
        boolean isLookFresh = !s.observation().loaded().at().isBefore(dueAt);
        return Optional.of(Decision.act(isLookFresh ? new Step.Renew() : new Step.Look(), latest(s)));
    }

    static Optional<Decision> restWhileServed(Situation s) {
        return s.instance().map(instance -> Decision.restUntil(nextDueAt(s, instance), latest(s)));
    }

    private static Instant nextDueAt(Situation s, Instance instance) {
        Instant checkAt = Checks.dueAt(s);
        if (s.desired().isTemporary()) {
            return checkAt;
        }
        Instant renewAt = Lease.renewalDueAt(s, instance);
        return renewAt.isBefore(checkAt) ? renewAt : checkAt;
    }

    private static boolean isOwnLoad(Situation s, Instance instance) {
        History.Recorded recorded = s.history().recorded();
        return recorded != null
                && !recorded.isAdopted()
                && s.isLoadBegun()
                && recorded.modelKey().equals(instance.modelKey())
                && recorded.contextLength() == instance.contextLength()
                && Objects.equals(recorded.ttl(), instance.ttl());
    }

    /** What the last check allows to say. */
    private static Finding latest(Situation s) {
        @Nullable Check check = Checks.current(s);
        if (check == null) {
            return toldBefore(s).orElseGet(() -> verifying(s));
        }
        return switch (check.result()) {
            case PASSED ->
                Checks.isOutdated(s, check)
                        ? Finding.unclear(
                                Truth.UNKNOWN, Reason.VERIFYING, "Verifies again: the last proof is of " + check.at())
                        : verified(check);
            case FAILED -> Finding.underWay(Truth.FALSE, check.reason(), check.message());
            case UNKNOWN -> Finding.unclear(Truth.UNKNOWN, check.reason(), check.message());
        };
    }

    /** While a new process makes its first check, the word of the one before it stands: nothing that was seen speaks against it. */
    private static Optional<Finding> toldBefore(Situation s) {
        return s.history().lastCheck() == null
                ? Optional.ofNullable(s.history().toldProof())
                        .map(message -> Finding.reached(Truth.TRUE, Reason.VERIFIED, message))
                : Optional.empty();
    }

    private static Finding verifying(Situation s) {
        return Finding.underWay(
                Truth.FALSE,
                Reason.VERIFYING,
                "%s is loaded and not yet verified".formatted(s.desired().identifier()));
    }

    static Finding verified(Check check) {
        return Finding.reached(Truth.TRUE, Reason.VERIFIED, check.message());
    }
}
