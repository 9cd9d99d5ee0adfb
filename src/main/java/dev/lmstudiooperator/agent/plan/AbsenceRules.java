package dev.lmstudiooperator.agent.plan;

import dev.lmstudiooperator.api.v1alpha1.Reason;
import dev.lmstudiooperator.lmstudio.DownloadedModel;
import dev.lmstudiooperator.lmstudio.Reading;
import java.util.List;
import java.util.Optional;

/** What is not loaded is loaded, if it may be and can be. They are asked last, so that no instance is there. */
final class AbsenceRules {

    private AbsenceRules() {}

    /** The TTL of what LM Studio loaded otherwise than it was asked to has run out: it would do so again. */
    static Optional<Decision> stallAfterSettingsWereNotHonored(Situation s) {
        Failure failure = s.history().failure();
        return failure != null && failure.reason() == Reason.SETTINGS_NOT_HONORED && wasBegunBefore(s)
                ? Optional.of(
                        Decision.rest(Finding.stalled(Truth.FALSE, Reason.SETTINGS_NOT_HONORED, failure.message())))
                : Optional.empty();
    }

    /** An intent that an earlier process recorded counts as a load: at most one per revision. */
    static Optional<Decision> leaveExpired(Situation s) {
        return s.desired().isTemporary() && wasBegunBefore(s) && s.history().failure() == null
                ? Optional.of(Decision.rest(Finding.reached(
                        Truth.FALSE,
                        Reason.EXPIRED,
                        "The TTL of %d s has run out. Change the annotation lmstudio-operator.dev/reload to load it again"
                                .formatted(s.desired().ttl().toSeconds()))))
                : Optional.empty();
    }

    static Optional<Decision> awaitListOfDownloads(Situation s) {
        return switch (s.observation().downloaded()) {
            case Reading.Known<List<DownloadedModel>> known -> Optional.empty();
            case Reading.Unknown<List<DownloadedModel>> unknown ->
                Optional.of(Decision.rest(Finding.unclear(
                        Truth.FALSE,
                        FailureReason.of(unknown.why()),
                        "LM Studio's models could not be listed: "
                                + unknown.why().explanation())));
        };
    }

    /** {@code lms load} would load whatever looks similar, and report success. */
    static Optional<Decision> stallWithoutTheModel(Situation s) {
        String modelKey = s.desired().modelKey();
        List<DownloadedModel> models =
                s.observation().downloaded() instanceof Reading.Known<List<DownloadedModel>> known
                        ? known.value()
                        : List.of();
        List<String> local = models.stream()
                .filter(DownloadedModel::isLocal)
                .map(DownloadedModel::modelKey)
                .toList();
        return local.contains(modelKey)
                ? Optional.empty()
                : Optional.of(Decision.rest(Finding.stalled(
                        Truth.FALSE,
                        Reason.MODEL_NOT_FOUND,
                        "No model with exactly the key %s is on this node.%s"
                                .formatted(modelKey, Similarity.suggestion(modelKey, local)))));
    }

    static Optional<Decision> backOffAfterFailure(Situation s) {
        return Backoff.awaitRetry(s, Truth.FALSE);
    }

    /** Not before its turn: a process that ends while it waits has not loaded anything. */
    static Optional<Decision> recordIntent(Situation s) {
        return isBegun(s) || s.surroundings().turnOf() != null
                ? Optional.empty()
                : Optional.of(Decision.act(new Step.RecordIntent(), loading(s)));
    }

    static Optional<Decision> load(Situation s) {
        return Optional.of(Turns.mutate(
                s, new Mutation.Load(s.desired().loadRequest(), s.desired().loadRevision()), loading(s)));
    }

    private static boolean isBegun(Situation s) {
        return s.desired().loadRevision().equals(s.history().begunRevision());
    }

    private static boolean wasBegunBefore(Situation s) {
        return isBegun(s) && !s.history().intendedNow();
    }

    private static Finding loading(Situation s) {
        return Finding.underWay(
                Truth.FALSE,
                Reason.LOADING,
                "%s %s as %s"
                        .formatted(
                                s.history().recorded() != null && wasBegunBefore(s)
                                        ? "Was evicted: loads again"
                                        : "Loads",
                                s.desired().modelKey(),
                                s.desired().identifier()));
    }
}
