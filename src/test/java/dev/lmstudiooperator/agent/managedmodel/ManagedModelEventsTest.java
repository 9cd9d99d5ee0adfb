package dev.lmstudiooperator.agent.managedmodel;

import static dev.lmstudiooperator.Copies.copy;
import static dev.lmstudiooperator.agent.managedmodel.SyncResultBuilder.aResult;
import static dev.lmstudiooperator.lmstudio.DownloadedModelBuilder.aDownloadedModel;
import static dev.lmstudiooperator.lmstudio.ObservationBuilder.anObservation;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.agent.plan.Action;
import dev.lmstudiooperator.agent.plan.Decision;
import dev.lmstudiooperator.agent.plan.History;
import dev.lmstudiooperator.agent.plan.History.Download;
import dev.lmstudiooperator.api.v1alpha1.ConditionStatus;
import dev.lmstudiooperator.api.v1alpha1.ManagedModels;
import dev.lmstudiooperator.api.v1alpha1.Reason;
import dev.lmstudiooperator.kubernetes.EventData;
import dev.lmstudiooperator.lmstudio.DownloadedModel;
import dev.lmstudiooperator.lmstudio.Reading;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** Tests which actions are recorded as Kubernetes Events, and with which text. */
class ManagedModelEventsTest {

    private static final Instant NOW = Instant.parse("2026-01-01T12:00:00.123456789Z");
    private static final String NOTHING = "observedGeneration: -1";
    private static final String DOWNLOADING = """
            observedGeneration: 1
            download: {source: qwen}
            conditions: [{type: Ready, status: "False", reason: Downloading}]
            """;
    private static final String UNLOADING = """
            observedGeneration: 1
            conditions: [{type: Ready, status: "False", reason: Unloading, message: Unloading chat}]
            """;
    private static final List<DownloadedModel> ON_DISK =
            List.of(aDownloadedModel("qwen").build());
    private static final String SERVED = """
            observedGeneration: 1
            instance: {identifier: chat, modelKey: qwen, sizeBytes: 5, contextLength: 4096, ttlSeconds: 600, adopted: true}
            conditions: [{type: Ready, status: "True", reason: Verified}]
            """;

    @Test
    void eventHasReasonAndMessage() {
        assertThat(reported(NOTHING, Reason.LOADING, "Loading qwen as chat"))
                .contains(EventData.normal(Reason.LOADING, "Loading qwen as chat"));
    }

    @ParameterizedTest
    @EnumSource(names = {"BOUND", "OBSERVING", "VERIFYING", "WAITING_FOR_TURN"})
    void progressCausesNoEvent(Reason reason) {
        assertThat(reported(NOTHING, reason, "It goes on")).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(
            mode = Mode.EXCLUDE,
            names = {"BOUND", "OBSERVING", "VERIFYING", "WAITING_FOR_TURN"})
    void everyOtherReasonCausesOneEvent(Reason reason) {
        assertThat(reported(NOTHING, reason, "It happened")).isPresent();
        assertThat(reported(
                        "conditions: [{type: Ready, status: \"False\", reason: %s}]".formatted(reason.text()),
                        reason,
                        "It happened"))
                .isEmpty();
    }

    @Test
    void reasonOfAnotherConditionStillCausesAnEvent() {
        assertThat(reported(
                        "conditions: [{type: Available, status: \"False\", reason: Loading}]",
                        Reason.LOADING,
                        "Loading qwen as chat"))
                .isPresent();
    }

    @ParameterizedTest
    @EnumSource(names = {"VERIFIED", "EXPIRED", "LOADING", "DRAINING", "UNLOADING", "SUSPENDED"})
    void desiredActionCausesANormalEvent(Reason reason) {
        assertThat(reported(NOTHING, reason, "As asked")).contains(EventData.normal(reason, "As asked"));
    }

    @ParameterizedTest
    @EnumSource(names = {"DRIFTED", "LOAD_FAILED", "MODEL_NOT_FOUND", "VERIFICATION_FAILED", "SERVER_NOT_RUNNING"})
    void problemCausesAWarning(Reason reason) {
        assertThat(reported(NOTHING, reason, "Look")).contains(EventData.warning(reason, "Look"));
    }

    @Test
    void evictionCausesAWarningWhateverTheNextAction() {
        assertThat(reported(SERVED, Reason.LOADING, "Model was evicted; reloading"))
                .contains(EventData.warning(Reason.EVICTED, "Model was evicted; reloading"));
    }

    @Test
    void completedDownloadCausesAnEventInAdditionToTheNextAction() {
        List<EventData> news = ManagedModelEvents.events(
                pass(DOWNLOADING, Reason.LOADING, "Loading qwen as chat", ON_DISK, new Action.Wait()));

        assertThat(news)
                .containsExactly(
                        new EventData(false, "Downloaded", "Downloaded qwen"),
                        EventData.normal(Reason.LOADING, "Loading qwen as chat"));
    }

    @Test
    void downloadThatGoesOnHasNotEnded() {
        ManagedModelSyncer.Result pass =
                pass(DOWNLOADING, Reason.DOWNLOADING, "Downloads qwen", ON_DISK, new Action.Wait());
        History lasting = copy(pass.input().history(), "download", new Download("qwen", null));

        assertThat(ManagedModelEvents.events(copy(pass, "input", copy(pass.input(), "history", lasting))))
                .isEmpty();
    }

    @Test
    void eventsHaveTheManagedModelAndTheTimeOfTheReconciliation() {
        List<String> reported = new ArrayList<>();
        ManagedModelEvents events = new ManagedModelEvents((object, news, time) ->
                reported.add(object.getMetadata().getName() + " " + news.reason() + " " + time));

        events.record(
                ManagedModels.chat(),
                pass(DOWNLOADING, Reason.LOADING, "Loading qwen as chat", ON_DISK, new Action.Wait()));

        assertThat(reported).containsExactly("chat Downloaded " + NOW, "chat Loading " + NOW);
    }

    @Test
    void downloadThatBroughtNothingDidNotEndWell() {
        assertThat(ManagedModelEvents.events(
                        pass(DOWNLOADING, Reason.DOWNLOAD_FAILED, "It broke off", List.of(), new Action.Wait())))
                .containsExactly(EventData.warning(Reason.DOWNLOAD_FAILED, "It broke off"));
    }

    @Test
    void releaseCausesOneEvent() {
        String why = "The instance is unloaded (verified)";
        assertThat(ManagedModelEvents.events(
                        pass(UNLOADING, Reason.UNLOADING, why, List.of(), new Action.RemoveFinalizer())))
                .containsExactly(new EventData(false, "Released", why));
        assertThat(ManagedModelEvents.events(pass(
                        UNLOADING.replace("Unloading chat", why),
                        Reason.UNLOADING,
                        why,
                        List.of(),
                        new Action.RemoveFinalizer())))
                .isEmpty();
    }

    private static Optional<EventData> reported(String before, Reason reason, String message) {
        List<EventData> news = ManagedModelEvents.events(pass(before, reason, message, List.of(), new Action.Wait()));
        assertThat(news).hasSizeLessThanOrEqualTo(1);
        return news.stream().findFirst();
    }

    /** A reconciliation while no instance is loaded. */
    private static ManagedModelSyncer.Result pass(
            String before, Reason reason, String message, List<DownloadedModel> onDisk, Action action) {
        return aResult()
                .before(ManagedModels.status(before))
                .observed(anObservation(NOW)
                        .downloaded(new Reading.Known<>(onDisk, NOW))
                        .build())
                .at(NOW)
                .decision(Decision.underWay(ConditionStatus.FALSE, reason, message)
                        .doing(action))
                .build();
    }
}
