package dev.lmstudiooperator.agent.plan;

import dev.lmstudiooperator.api.v1alpha1.Reason;
import dev.lmstudiooperator.lmstudio.DownloadedModel;
import dev.lmstudiooperator.lmstudio.Reading;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** Requires the model to be on disk before the agent loads it, or unloads another instance for it. */
final class DiskRules {

    /** The delay before the second list of a missing model. The delay doubles each time. */
    static final Duration FIRST_PAUSE = Duration.ofSeconds(1);

    static final Duration LONGEST_PAUSE = Duration.ofMinutes(10);

    /** How long the HTTP API may list a model that {@code lms ls} does not. LM Studio indexes its models after a start. */
    static final Duration INDEXING = Duration.ofMinutes(2);

    private DiskRules() {}

    static Optional<Decision> awaitListOfDownloads(PlanInput s) {
        if (!ReloadCheck.isLoadAhead(s)) {
            return Optional.empty();
        }
        return switch (s.observation().downloaded()) {
            case Reading.Known<List<DownloadedModel>> known -> Optional.empty();
            case Reading.Unknown<List<DownloadedModel>> unknown ->
                Optional.of(Decision.rest(ConditionSummary.unclear(
                        s.lastKnownAvailability(),
                        FailureReason.of(unknown.why()),
                        "Cannot list the models of LM Studio: " + unknown.why().explanation())));
        };
    }

    /** A single list without the model is not sufficient. */
    static Optional<Decision> confirmThatTheModelIsMissing(PlanInput s) {
        return !isMissing(s) || isConfirmed(s)
                ? Optional.empty()
                : Optional.of(lookAgain(
                        s,
                        ConditionSummary.unclear(
                                s.lastKnownAvailability(),
                                Reason.OBSERVING,
                                "lms ls does not list %s; LM Studio may still be indexing its models"
                                        .formatted(s.desired().modelKey()))));
    }

    /** Stalls, because {@code lms load} would load any model with a similar key and report success. */
    static Optional<Decision> stallWithoutTheModel(PlanInput s) {
        String modelKey = s.desired().modelKey();
        return isMissing(s)
                ? Optional.of(lookAgain(
                        s,
                        ConditionSummary.stalled(
                                s.lastKnownAvailability(),
                                Reason.MODEL_NOT_FOUND,
                                "No model with exactly the key %s is on this node.%s"
                                        .formatted(
                                                modelKey,
                                                ModelNameSuggestions.suggestion(
                                                        modelKey,
                                                        s.observation().localKeys())))))
                : Optional.empty();
    }

    /**
     * Stalls, because {@code lms load} would load another model, or {@code lms ps} would fail for every model of the
     * node.
     */
    static Optional<Decision> stallOnWhatCannotBeLoaded(PlanInput s) {
        String modelKey = s.desired().modelKey();
        if (!ReloadCheck.isLoadAhead(s) || s.observation().loadable(modelKey).isPresent()) {
            return Optional.empty();
        }
        return s.observation().localModels(modelKey).stream()
                .findFirst()
                .map(model -> Decision.rest(ConditionSummary.stalled(
                        s.lastKnownAvailability(), Reason.MODEL_NOT_LOADABLE, whyItCannotBeLoaded(model))));
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
        return ReloadCheck.isLoadAhead(s)
                && s.observation().localModels(s.desired().modelKey()).isEmpty();
    }

    private static boolean isConfirmed(PlanInput s) {
        Reading<List<DownloadedModel>> list = s.observation().downloaded();
        Instant since = list.since();
        boolean isListedByApi = s.observation()
                .served()
                .known()
                .filter(api -> api.modelKeys().contains(s.desired().modelKey()))
                .isPresent();
        return isOfThisQuestion(s)
                && list.at().isAfter(since)
                && (!isListedByApi || !list.at().isBefore(since.plus(INDEXING)));
    }

    /**
     * Whether the list was made after the model was requested or found missing. An earlier list may be outdated,
     * because the model may have been added since.
     */
    private static boolean isOfThisQuestion(PlanInput s) {
        Instant beganAt = s.history().episodeBeganAt();
        return s.history().observedGeneration() >= 0
                && (beganAt == null || !s.observation().downloaded().at().isBefore(beganAt));
    }

    /** Lists again: first immediately, then with increasing delays for as long as the list stays the same. */
    private static Decision lookAgain(PlanInput s, ConditionSummary finding) {
        if (s.history().isProbing()) {
            return Decision.rest(finding);
        }
        Reading<List<DownloadedModel>> list = s.observation().downloaded();
        Duration unchanged = Duration.between(list.since(), list.at());
        Duration pause = unchanged.isZero() || !isOfThisQuestion(s)
                ? Duration.ZERO
                : Collections.min(List.of(LONGEST_PAUSE, Collections.max(List.of(FIRST_PAUSE, unchanged))));
        Instant lookAt = list.at().plus(pause);
        return s.now().isBefore(lookAt)
                ? Decision.restUntil(lookAt, finding)
                : Decision.act(new Action.LookAtDisk(), finding);
    }
}
