package dev.lmstudiooperator.operator;

import static dev.lmstudiooperator.controlplane.Eventually.eventually;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.api.v1alpha1.DownloadStatus;
import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.simulator.Fault;
import dev.lmstudiooperator.simulator.JournalEntry;
import dev.lmstudiooperator.simulator.SimulatedInstance;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** {@code pullPolicy: IfNotPresent}: a model that is not on disk is downloaded from the catalog by its exact name. */
@WithScene(Scene.FAILURES_LAST)
class DownloadIT {

    private static final String MODEL = "qwen/qwen3-14b";
    private static final String PULLED = "model: qwen/qwen3-14b, pullPolicy: IfNotPresent";
    private static final Duration AN_HOUR = Duration.ofHours(1);

    private final Scene scene;

    DownloadIT(Scene scene) {
        this.scene = scene;
    }

    @Test
    void missingModelIsDownloadedWithProgressAndThenServed() {
        givenDownloadsOfAnHour();
        scene.apply("story", PULLED);
        awaitDownload(1);
        scene.lmStudio().advanceClock(Duration.ofMinutes(25));

        ManagedModel downloading = scene.await(
                "story",
                "reports the download progress",
                model -> model.getStatus().download() != null
                        && model.getStatus().download().percent() != null);

        DownloadStatus download = requireNonNull(downloading.getStatus().download());
        assertThat(download.source()).isEqualTo(MODEL);
        assertThat(download.percent()).isEqualTo(40);
        assertThat(download.downloadedBytes()).isEqualTo(800_000_000);
        assertThat(download.totalBytes()).isEqualTo(2_000_000_000);
        assertThat(AppliedModels.reason(downloading)).isEqualTo("Downloading");
        assertThat(downloading.getStatus().phase()).hasToString("DOWNLOADING");

        scene.lmStudio().advanceClock(AN_HOUR);

        ManagedModel ready = scene.awaitReady("story");
        assertThat(AppliedModels.instance(ready).modelKey()).isEqualTo(MODEL);
        assertThat(ready.getStatus().download()).isNull();
        assertThat(downloads()).singleElement().satisfies(call -> assertThat(call.argv())
                .containsExactly("get", MODEL, "--yes"));
        List<String> story = eventually(
                "Verified is reported", () -> scene.eventsOf("story"), reported -> reported.contains("Verified"));
        // The time of the first Loading event depends on what the agent knew about the disk at the start.
        assertThat(story)
                .contains("Loading")
                .filteredOn(step -> !step.equals("Loading"))
                .containsSubsequence("Downloading", "Downloaded", "Verified");
    }

    @Test
    void killedOperatorGoesOnWithTheDownload() {
        givenDownloadsOfAnHour();
        scene.apply("pulled", PULLED);
        awaitDownload(1);

        scene.restartOperator();

        awaitDownload(2);
        scene.lmStudio().advanceClock(AN_HOUR);
        scene.awaitReady("pulled");
        assertThat(scene.lmStudio().journal().effects())
                .filteredOn(effect -> effect.startsWith("downloaded"))
                .hasSize(1);
    }

    @Test
    void downloadOfAnHourDelaysNoLoadAndTheNextDownloadSaysForWhomItWaits() {
        givenDownloadsOfAnHour();
        scene.apply("pulled", PULLED);
        awaitDownload(1);

        scene.apply("there", "model: llama-3.2-1b-instruct");
        scene.apply("next", PULLED);

        scene.awaitReady("there");
        assertThat(AppliedModels.message(scene.awaitReason("next", "WaitingForTurn")))
                .contains("pulled");
        assertThat(downloads()).hasSize(1);

        scene.lmStudio().advanceClock(AN_HOUR);

        scene.awaitReady("pulled");
        scene.awaitReady("next");
    }

    @Test
    void loadedPredecessorIsLeftAloneUntilTheSuccessorIsOnDisk() {
        givenDownloadsOfAnHour();
        scene.apply("chat", "model: llama-3.2-1b-instruct");
        scene.awaitReady("chat");

        scene.apply("chat", PULLED);
        awaitDownload(1);
        scene.awaitReason("chat", "Downloading");

        assertThat(scene.lmStudio().instances())
                .extracting(SimulatedInstance::modelKey)
                .containsExactly("llama-3.2-1b-instruct");
        scene.lmStudio().advanceClock(AN_HOUR);
        scene.await(
                "chat",
                "has its successor",
                model -> model.getStatus().instance() != null
                        && MODEL.equals(model.getStatus().instance().modelKey()));
        scene.awaitReady("chat");
    }

    @Test
    void fullDiskTellsHowMuchIsNeededAndIsNotTriedAgainSoon() {
        long fault = scene.lmStudio()
                .fault(Fault.on("get", "loadFails").with("title", "ENOSPC: no space left on device, write"));

        scene.apply("pulled", PULLED);

        ManagedModel waiting = scene.awaitReason("pulled", "DiskFull");
        assertThat(AppliedModels.message(waiting)).contains("2000000000 bytes", "free space", "Next attempt at");
        assertThat(downloads()).hasSize(1);
        assertThat(scene.lmStudio().journal().calls("load")).isEmpty();

        scene.lmStudio().revoke(fault);
        scene.apply("pulled", PULLED + ", drainSeconds: 1");

        scene.awaitReady("pulled");
    }

    @Test
    void brokenDownloadGoesOnByItself() {
        scene.lmStudio().fault(Fault.on("get", "loadFails").once());

        scene.apply("pulled", PULLED);

        scene.awaitReason("pulled", "DownloadFailed");
        scene.awaitReady("pulled");
        assertThat(downloads()).hasSize(2);
    }

    @Test
    void nameThatTheCatalogueDoesNotKnowStallsAndLoadsNothingSimilar() {
        scene.apply("unknown", "model: qwen/qwen3-8, pullPolicy: IfNotPresent");

        ManagedModel stalled = scene.awaitReason("unknown", "ModelNotFound");

        assertThat(AppliedModels.condition(stalled, "Stalled")).isEqualTo("True");
        assertThat(AppliedModels.message(stalled)).contains("qwen/qwen3-8", "catalogue");
        assertThat(scene.lmStudio().journal().calls("load")).isEmpty();
    }

    @Test
    void downloadThatClaimsSuccessIsNotBelieved() {
        scene.lmStudio().fault(Fault.on("get", "empty").once());

        scene.apply("pulled", PULLED);

        assertThat(AppliedModels.message(scene.awaitReason("pulled", "DownloadFailed")))
                .contains("lists no model");
        scene.awaitReady("pulled");
    }

    @Test
    void downloadThatIsNoLongerAskedForIsCancelled() {
        givenDownloadsOfAnHour();
        scene.apply("pulled", PULLED);
        awaitDownload(1);

        scene.apply("pulled", "model: qwen/qwen3-14b, pullPolicy: Never");

        ManagedModel stalled = scene.awaitReason("pulled", "ModelNotFound");
        assertThat(stalled.getStatus().download()).isNull();
        assertThat(downloads()).allMatch(JournalEntry::isFinished);
    }

    @Test
    void deletionDoesNotWaitForTheDownload() {
        givenDownloadsOfAnHour();
        scene.apply("pulled", PULLED);
        awaitDownload(1);

        scene.deleteAndAwaitGone("pulled");

        eventually("the download is cancelled", this::downloads, calls -> calls.stream()
                .allMatch(JournalEntry::isFinished));
        assertThat(scene.lmStudio().journal().effects()).noneMatch(effect -> effect.startsWith("downloaded"));
    }

    private void givenDownloadsOfAnHour() {
        scene.lmStudio().set("downloadMillis", AN_HOUR.toMillis());
    }

    private void awaitDownload(int number) {
        eventually(
                "download " + number + " runs",
                this::downloads,
                calls -> calls.size() == number && !calls.getLast().isFinished());
    }

    private List<JournalEntry> downloads() {
        return scene.lmStudio().journal().calls("get");
    }
}
