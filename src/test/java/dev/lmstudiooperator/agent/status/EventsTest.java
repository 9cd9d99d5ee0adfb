package dev.lmstudiooperator.agent.status;

import static dev.lmstudiooperator.agent.plan.Copies.copy;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.agent.plan.Decision;
import dev.lmstudiooperator.agent.plan.DesiredFactory;
import dev.lmstudiooperator.agent.plan.Download;
import dev.lmstudiooperator.agent.plan.Finding;
import dev.lmstudiooperator.agent.plan.History;
import dev.lmstudiooperator.agent.plan.Progress;
import dev.lmstudiooperator.agent.plan.Situation;
import dev.lmstudiooperator.agent.plan.Step;
import dev.lmstudiooperator.agent.plan.Surroundings;
import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus;
import dev.lmstudiooperator.api.v1alpha1.Reason;
import dev.lmstudiooperator.api.v1alpha1.Truth;
import dev.lmstudiooperator.lmstudio.DownloadedModel;
import dev.lmstudiooperator.lmstudio.ModelType;
import dev.lmstudiooperator.lmstudio.Observation;
import dev.lmstudiooperator.lmstudio.Reading;
import dev.lmstudiooperator.lmstudio.Served;
import dev.lmstudiooperator.observability.events.News;
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

/** Which steps are told to {@code kubectl describe}, and how. */
class EventsTest {

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
        assertThat(told(NOTHING, Reason.LOADING, "Loading qwen as chat"))
                .contains(News.normal(Reason.LOADING, "Loading qwen as chat"));
    }

    @ParameterizedTest
    @EnumSource(names = {"BOUND", "OBSERVING", "VERIFYING", "WAITING_FOR_TURN"})
    void whatOnlyGoesOnIsLeftToTheStatus(Reason reason) {
        assertThat(told(NOTHING, reason, "It goes on")).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(
            mode = Mode.EXCLUDE,
            names = {"BOUND", "OBSERVING", "VERIFYING", "WAITING_FOR_TURN"})
    void everyOtherReasonIsToldOnce(Reason reason) {
        assertThat(told(NOTHING, reason, "It happened")).isPresent();
        assertThat(told(
                        "conditions: [{type: Ready, status: \"False\", reason: %s}]".formatted(reason.text()),
                        reason,
                        "It happened"))
                .isEmpty();
    }

    @Test
    void whatOnlyAnotherConditionSaysIsStillToBeTold() {
        assertThat(told(
                        "conditions: [{type: Available, status: \"False\", reason: Loading}]",
                        Reason.LOADING,
                        "Loading qwen as chat"))
                .isPresent();
    }

    @ParameterizedTest
    @EnumSource(names = {"VERIFIED", "EXPIRED", "LOADING", "DRAINING", "UNLOADING", "SUSPENDED"})
    void whatIsAskedForIsNormal(Reason reason) {
        assertThat(told(NOTHING, reason, "As asked")).contains(News.normal(reason, "As asked"));
    }

    @ParameterizedTest
    @EnumSource(names = {"DRIFTED", "LOAD_FAILED", "MODEL_NOT_FOUND", "VERIFICATION_FAILED", "SERVER_NOT_RUNNING"})
    void whatAPersonShouldLookAtIsAWarning(Reason reason) {
        assertThat(told(NOTHING, reason, "Look")).contains(News.warning(reason, "Look"));
    }

    @Test
    void evictionIsToldAsSuchWhateverIsDoneAboutIt() {
        assertThat(told(SERVED, Reason.LOADING, "Model was evicted; reloading"))
                .contains(News.warning(Reason.EVICTED, "Model was evicted; reloading"));
    }

    @Test
    void endOfADownloadIsToldBesideWhatFollows() {
        List<News> news =
                Events.news(pass(DOWNLOADING, Reason.LOADING, "Loading qwen as chat", ON_DISK, new Step.Rest()));

        assertThat(news)
                .containsExactly(
                        new News(false, "Downloaded", "Downloaded qwen"),
                        News.normal(Reason.LOADING, "Loading qwen as chat"));
    }

    @Test
    void downloadThatGoesOnHasNotEnded() {
        Progression pass = pass(DOWNLOADING, Reason.DOWNLOADING, "Downloads qwen", ON_DISK, new Step.Rest());
        History lasting = copy(pass.situation().history(), "download", new Download("qwen", null));

        assertThat(Events.news(copy(pass, "situation", copy(pass.situation(), "history", lasting))))
                .isEmpty();
    }

    @Test
    void eventsAreToldOfTheManagedModelWithTheTimeOfThePass() {
        List<String> told = new ArrayList<>();
        Events events = new Events(
                (object, news, time) -> told.add(object.getMetadata().getName() + " " + news.reason() + " " + time));

        events.tell(model(), pass(DOWNLOADING, Reason.LOADING, "Loading qwen as chat", ON_DISK, new Step.Rest()));

        assertThat(told).containsExactly("chat Downloaded " + NOW, "chat Loading " + NOW);
    }

    @Test
    void downloadThatBroughtNothingDidNotEndWell() {
        assertThat(Events.news(pass(DOWNLOADING, Reason.DOWNLOAD_FAILED, "It broke off", List.of(), new Step.Rest())))
                .containsExactly(News.warning(Reason.DOWNLOAD_FAILED, "It broke off"));
    }

    @Test
    void releaseIsToldOnce() {
        String why = "The instance is unloaded (verified)";
        assertThat(Events.news(pass(UNLOADING, Reason.UNLOADING, why, List.of(), new Step.Release())))
                .containsExactly(new News(false, "Released", why));
        assertThat(Events.news(pass(
                        UNLOADING.replace("Unloading chat", why),
                        Reason.UNLOADING,
                        why,
                        List.of(),
                        new Step.Release())))
                .isEmpty();
    }

    private static Optional<News> told(String before, Reason reason, String message) {
        List<News> news = Events.news(pass(before, reason, message, List.of(), new Step.Rest()));
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

    /** Nothing is loaded. */
    private static Progression pass(
            String before, Reason reason, String message, List<DownloadedModel> onDisk, Step step) {
        Observation observation = new Observation(
                new Reading.Known<>(List.of(), NOW),
                new Reading.Known<>(onDisk, NOW),
                new Reading.Known<>(new Served(Set.of(), Set.of()), NOW));
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
        Situation situation = new Situation(
                DesiredFactory.of(model()),
                observation,
                history,
                new Surroundings(
                        NOW, Instant.EPOCH, null, null, null, null, null, Instant.EPOCH, false, Duration.ZERO, null),
                NOW);
        Finding finding = new Finding(Truth.FALSE, Truth.FALSE, Progress.RECONCILING, reason, message);
        return new Progression(
                Serialization.unmarshal(before, ManagedModelStatus.class),
                situation,
                new Decision(step, finding, Optional.empty(), null, false),
                1,
                false,
                false,
                false);
    }
}
