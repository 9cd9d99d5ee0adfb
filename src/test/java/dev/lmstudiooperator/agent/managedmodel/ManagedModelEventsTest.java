package dev.lmstudiooperator.agent.managedmodel;

import static dev.lmstudiooperator.agent.plan.Copies.copy;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.agent.plan.Action;
import dev.lmstudiooperator.agent.plan.ConditionSummary;
import dev.lmstudiooperator.agent.plan.ConditionSummary.Progress;
import dev.lmstudiooperator.agent.plan.Decision;
import dev.lmstudiooperator.agent.plan.Desired;
import dev.lmstudiooperator.agent.plan.History;
import dev.lmstudiooperator.agent.plan.History.Download;
import dev.lmstudiooperator.agent.plan.NodeContext;
import dev.lmstudiooperator.agent.plan.PlanInput;
import dev.lmstudiooperator.api.v1alpha1.ConditionStatus;
import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus;
import dev.lmstudiooperator.api.v1alpha1.Reason;
import dev.lmstudiooperator.kubernetes.EventData;
import dev.lmstudiooperator.lmstudio.ApiModelList;
import dev.lmstudiooperator.lmstudio.DownloadedModel;
import dev.lmstudiooperator.lmstudio.DownloadedModel.ModelType;
import dev.lmstudiooperator.lmstudio.Observation;
import dev.lmstudiooperator.lmstudio.Reading;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
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
            List.of(new DownloadedModel("qwen", ModelType.LLM, "qwen.gguf", 5L, null, null, null, null));
    private static final String SERVED = """
            observedGeneration: 1
            instance: {identifier: chat, modelKey: qwen, sizeBytes: 5, contextLength: 4096, ttlSeconds: 600, adopted: true}
            conditions: [{type: Ready, status: "True", reason: Verified}]
            """;

    @Test
    void newsTellsWhatAndWhy() {
        assertThat(reported(NOTHING, Reason.LOADING, "Loading qwen as chat"))
                .contains(EventData.normal(Reason.LOADING, "Loading qwen as chat"));
    }

    @ParameterizedTest
    @EnumSource(names = {"BOUND", "OBSERVING", "VERIFYING", "WAITING_FOR_TURN"})
    void whatOnlyGoesOnIsLeftToTheStatus(Reason reason) {
        assertThat(reported(NOTHING, reason, "It goes on")).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(
            mode = Mode.EXCLUDE,
            names = {"BOUND", "OBSERVING", "VERIFYING", "WAITING_FOR_TURN"})
    void everyOtherReasonIsToldOnce(Reason reason) {
        assertThat(reported(NOTHING, reason, "It happened")).isPresent();
        assertThat(reported(
                        "conditions: [{type: Ready, status: \"False\", reason: %s}]".formatted(reason.text()),
                        reason,
                        "It happened"))
                .isEmpty();
    }

    @Test
    void whatOnlyAnotherConditionSaysIsStillToBeTold() {
        assertThat(reported(
                        "conditions: [{type: Available, status: \"False\", reason: Loading}]",
                        Reason.LOADING,
                        "Loading qwen as chat"))
                .isPresent();
    }

    @ParameterizedTest
    @EnumSource(names = {"VERIFIED", "EXPIRED", "LOADING", "DRAINING", "UNLOADING", "SUSPENDED"})
    void whatIsAskedForIsNormal(Reason reason) {
        assertThat(reported(NOTHING, reason, "As asked")).contains(EventData.normal(reason, "As asked"));
    }

    @ParameterizedTest
    @EnumSource(names = {"DRIFTED", "LOAD_FAILED", "MODEL_NOT_FOUND", "VERIFICATION_FAILED", "SERVER_NOT_RUNNING"})
    void whatAPersonShouldLookAtIsAWarning(Reason reason) {
        assertThat(reported(NOTHING, reason, "Look")).contains(EventData.warning(reason, "Look"));
    }

    @Test
    void evictionIsToldAsSuchWhateverIsDoneAboutIt() {
        assertThat(reported(SERVED, Reason.LOADING, "Model was evicted; reloading"))
                .contains(EventData.warning(Reason.EVICTED, "Model was evicted; reloading"));
    }

    @Test
    void endOfADownloadIsToldBesideWhatFollows() {
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
    void eventsAreToldOfTheManagedModelWithTheTimeOfThePass() {
        List<String> reported = new ArrayList<>();
        ManagedModelEvents events = new ManagedModelEvents((object, news, time) ->
                reported.add(object.getMetadata().getName() + " " + news.reason() + " " + time));

        events.record(model(), pass(DOWNLOADING, Reason.LOADING, "Loading qwen as chat", ON_DISK, new Action.Wait()));

        assertThat(reported).containsExactly("chat Downloaded " + NOW, "chat Loading " + NOW);
    }

    @Test
    void downloadThatBroughtNothingDidNotEndWell() {
        assertThat(ManagedModelEvents.events(
                        pass(DOWNLOADING, Reason.DOWNLOAD_FAILED, "It broke off", List.of(), new Action.Wait())))
                .containsExactly(EventData.warning(Reason.DOWNLOAD_FAILED, "It broke off"));
    }

    @Test
    void releaseIsToldOnce() {
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

    private static ManagedModel model() {
        return Serialization.unmarshal("""
                apiVersion: lmstudio-operator.dev/v1alpha1
                kind: ManagedModel
                metadata: {name: chat, namespace: team, uid: "1234", generation: 1}
                spec: {model: qwen}
                """, ManagedModel.class);
    }

    /** A reconciliation while no instance is loaded. */
    private static ManagedModelSyncer.Result pass(
            String before, Reason reason, String message, List<DownloadedModel> onDisk, Action action) {
        Observation observation = new Observation(
                new Reading.Known<>(List.of(), NOW),
                new Reading.Known<>(onDisk, NOW),
                new Reading.Known<>(new ApiModelList(Set.of(), Set.of()), NOW));
        History history = new History(
                1,
                null,
                null,
                false,
                null,
                null,
                null,
                null,
                null,
                null,
                false,
                null,
                null,
                Set.of(),
                History.Renewal.NONE);
        PlanInput input = new PlanInput(
                Desired.of(model()),
                observation,
                history,
                new NodeContext(
                        NOW, Instant.EPOCH, null, null, null, null, null, Instant.EPOCH, false, Duration.ZERO, null),
                NOW);
        ConditionSummary summary = new ConditionSummary(
                ConditionStatus.FALSE, ConditionStatus.FALSE, Progress.RECONCILING, reason, message);
        return new ManagedModelSyncer.Result(
                Serialization.unmarshal(before, ManagedModelStatus.class),
                input,
                new Decision(action, summary, Optional.empty(), null, false),
                1,
                false,
                false,
                false);
    }
}
