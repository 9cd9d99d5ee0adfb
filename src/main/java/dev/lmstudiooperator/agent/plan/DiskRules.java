package dev.lmstudiooperator.agent.plan;

import dev.lmstudiooperator.api.v1alpha1.Reason;
import dev.lmstudiooperator.lmstudio.DownloadedModel;
import dev.lmstudiooperator.lmstudio.Reading;
import java.util.List;
import java.util.Optional;

/** What is to be loaded must be on disk, before anything is unloaded for it. */
final class DiskRules {

    private DiskRules() {}

    static Optional<Decision> awaitListOfDownloads(Situation s) {
        if (!Replacement.isLoadAhead(s)) {
            return Optional.empty();
        }
        return switch (s.observation().downloaded()) {
            case Reading.Known<List<DownloadedModel>> known -> Optional.empty();
            case Reading.Unknown<List<DownloadedModel>> unknown ->
                Optional.of(Decision.rest(Finding.unclear(
                        s.lastKnownAvailability(),
                        FailureReason.of(unknown.why()),
                        "LM Studio's models could not be listed: "
                                + unknown.why().explanation())));
        };
    }

    /** {@code lms load} would load whatever looks similar, and report success. */
    static Optional<Decision> stallWithoutTheModel(Situation s) {
        String modelKey = s.desired().modelKey();
        return isMissing(s)
                ? Optional.of(Decision.rest(Finding.stalled(
                        s.lastKnownAvailability(),
                        Reason.MODEL_NOT_FOUND,
                        "No model with exactly the key %s is on this node.%s"
                                .formatted(
                                        modelKey,
                                        Similarity.suggestion(
                                                modelKey, s.observation().localKeys())))))
                : Optional.empty();
    }

    /** Whether what is to be loaded is not on this machine. */
    static boolean isMissing(Situation s) {
        return Replacement.isLoadAhead(s)
                && !s.observation().localKeys().contains(s.desired().modelKey());
    }
}
