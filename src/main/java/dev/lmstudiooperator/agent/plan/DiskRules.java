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
        List<DownloadedModel> models =
                s.observation().downloaded() instanceof Reading.Known<List<DownloadedModel>> known
                        ? known.value()
                        : List.of();
        List<String> local = models.stream()
                .filter(DownloadedModel::isLocal)
                .map(DownloadedModel::modelKey)
                .toList();
        return local.contains(modelKey) || !Replacement.isLoadAhead(s)
                ? Optional.empty()
                : Optional.of(Decision.rest(Finding.stalled(
                        s.lastKnownAvailability(),
                        Reason.MODEL_NOT_FOUND,
                        "No model with exactly the key %s is on this node.%s"
                                .formatted(modelKey, Similarity.suggestion(modelKey, local)))));
    }
}
