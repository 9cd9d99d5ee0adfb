package dev.lmstudiooperator.agent.plan.rules;

import dev.lmstudiooperator.agent.plan.Action;
import dev.lmstudiooperator.agent.plan.Decision;
import dev.lmstudiooperator.agent.plan.FailureReason;
import dev.lmstudiooperator.agent.plan.ModelNameSuggestions;
import dev.lmstudiooperator.agent.plan.PlanInput;
import dev.lmstudiooperator.api.v1alpha1.Reason;
import dev.lmstudiooperator.lmstudio.Backoff;
import dev.lmstudiooperator.lmstudio.DownloadedModel;
import dev.lmstudiooperator.lmstudio.Reading;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Requires the model to be on disk before the agent loads it, or unloads another instance for it. */
final class DiskRules {

    /** The delay before the next list of a missing model. */
    static final Backoff BACKOFF = new Backoff(Duration.ofSeconds(1), Duration.ofMinutes(10));

    /** How long the HTTP API may list a model that {@code lms ls} does not. LM Studio indexes its models after a start. */
    static final Duration INDEXING = Duration.ofMinutes(2);

    private DiskRules() {}

    static Optional<Decision> awaitListOfDownloads(PlanInput s) {
        return s.isLoadAhead() && s.observation().downloaded() instanceof Reading.Unknown<List<DownloadedModel>> unknown
                ? Optional.of(Decision.unclear(
                        s.lastKnownAvailability(),
                        FailureReason.of(unknown.why()),
                        "Cannot list the models of LM Studio: " + unknown.why().explanation()))
                : Optional.empty();
    }

    /** A single list without the model is not sufficient. */
    static Optional<Decision> confirmThatTheModelIsMissing(PlanInput s) {
        return !isMissing(s) || isConfirmed(s)
                ? Optional.empty()
                : Optional.of(listAgain(
                        s,
                        Decision.unclear(
                                s.lastKnownAvailability(),
                                Reason.OBSERVING,
                                "lms ls does not list %s; LM Studio may still be indexing its models"
                                        .formatted(s.modelKey()))));
    }

    /** Stalls, because {@code lms load} would load any model with a similar key and report success. */
    static Optional<Decision> stallWithoutTheModel(PlanInput s) {
        if (!isMissing(s)) {
            return Optional.empty();
        }
        String suggestion =
                ModelNameSuggestions.suggestion(s.modelKey(), s.observation().localKeys());
        return Optional.of(listAgain(
                s,
                Decision.stalled(
                        s.lastKnownAvailability(),
                        Reason.MODEL_NOT_FOUND,
                        "No model with exactly the key %s is on this node.%s".formatted(s.modelKey(), suggestion))));
    }

    /**
     * Stalls, because {@code lms load} would load another model, or {@code lms ps} would fail for every model of the
     * node.
     */
    static Optional<Decision> stallOnWhatCannotBeLoaded(PlanInput s) {
        if (!s.isLoadAhead() || s.observation().loadable(s.modelKey()).isPresent()) {
            return Optional.empty();
        }
        return s.observation().localModels(s.modelKey()).stream()
                .findFirst()
                .map(model -> Decision.stalled(
                        s.lastKnownAvailability(), Reason.MODEL_NOT_LOADABLE, whyItCannotBeLoaded(model)));
    }

    private static String whyItCannotBeLoaded(DownloadedModel model) {
        return model.isKnownToLoad()
                ? "%s has the format %s. While it is loaded, lms ps cannot list any model of the node. Choose a GGUF or safetensors version of it"
                        .formatted(model.modelKey(), model.format())
                : "%s has the architecture %s, which lms load skips. Choose the model that it belongs to"
                        .formatted(model.modelKey(), model.architecture());
    }

    /** Whether a model that must be loaded is missing on this machine. */
    static boolean isMissing(PlanInput s) {
        return s.isLoadAhead() && s.observation().localModels(s.modelKey()).isEmpty();
    }

    private static boolean isConfirmed(PlanInput s) {
        Reading<List<DownloadedModel>> list = s.observation().downloaded();
        Instant since = list.since();
        boolean isListedByApi = s.observation()
                .served()
                .known()
                .filter(api -> api.modelKeys().contains(s.modelKey()))
                .isPresent();
        return isListedSinceRequest(s)
                && list.at().isAfter(since)
                && (!isListedByApi || !list.at().isBefore(since.plus(INDEXING)));
    }

    /**
     * Whether the list was made after the model was requested or found missing. An earlier list may be outdated,
     * because the model may have been added since.
     */
    private static boolean isListedSinceRequest(PlanInput s) {
        Instant beganAt = s.history().convergenceBeganAt();
        return s.history().observedGeneration() >= 0
                && (beganAt == null || !s.observation().downloaded().at().isBefore(beganAt));
    }

    /**
     * Lists again: first immediately, then with increasing delays for as long as the list stays the same. Each delay is
     * as long as the list has been the same, so that it doubles.
     */
    private static Decision listAgain(PlanInput s, Decision planned) {
        if (s.history().isProbing()) {
            return planned;
        }
        Reading<List<DownloadedModel>> list = s.observation().downloaded();
        Duration unchanged = Duration.between(list.since(), list.at());
        Instant listAt = list.at()
                .plus(unchanged.isZero() || !isListedSinceRequest(s) ? Duration.ZERO : BACKOFF.bounded(unchanged));
        return s.isDue(listAt) ? planned.doing(new Action.RefreshInventory()) : planned.until(listAt);
    }
}
