package dev.lmstudiooperator.agent.plan;

import dev.lmstudiooperator.api.v1alpha1.Reason;
import dev.lmstudiooperator.lmstudio.DownloadedModel;
import dev.lmstudiooperator.lmstudio.Reading;
import java.util.List;
import java.util.Optional;

/** What is not loaded is loaded, if it may be and can be. They are asked last, so that no instance is there. */
final class AbsenceRules {

    private AbsenceRules() {}

    /** An intent that an earlier process recorded counts as a load: at most one per revision. */
    static Optional<Decision> leaveExpired(Situation s) {
        boolean wasLoaded = s.desired().loadRevision().equals(s.history().begunRevision())
                && !s.history().intendedNow()
                && s.history().failure() == null;
        return s.desired().isTemporary() && wasLoaded
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
        Failure failure = s.history().failure();
        return failure != null && s.now().isBefore(failure.retryAt())
                ? Optional.of(Decision.restUntil(
                        failure.retryAt(),
                        Finding.underWay(
                                Truth.FALSE,
                                failure.reason(),
                                "%s. Next attempt at %s".formatted(failure.message(), failure.retryAt()))))
                : Optional.empty();
    }

    static Optional<Decision> recordIntent(Situation s) {
        return s.desired().loadRevision().equals(s.history().begunRevision())
                ? Optional.empty()
                : Optional.of(Decision.act(new Step.RecordIntent(), loading(s)));
    }

    static Optional<Decision> load(Situation s) {
        return Optional.of(Turns.mutate(
                s, new Mutation.Load(s.desired().loadRequest(), s.desired().loadRevision()), loading(s)));
    }

    private static Finding loading(Situation s) {
        return Finding.underWay(
                Truth.FALSE,
                Reason.LOADING,
                "%s %s as %s"
                        .formatted(
                                s.history().recorded() == null ? "Loads" : "Was evicted: loads again",
                                s.desired().modelKey(),
                                s.desired().identifier()));
    }
}
