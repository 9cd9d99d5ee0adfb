package dev.lmstudiooperator.operator;

import static dev.lmstudiooperator.controlplane.Eventually.eventually;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus.DownloadStatus;
import dev.lmstudiooperator.simulator.Fault;
import dev.lmstudiooperator.simulator.JournalEntry;
import dev.lmstudiooperator.simulator.SimulatedInstance;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** {@code pullPolicy: IfNotPresent}: a model that is not on disk is downloaded from the catalog by its exact name. */
@OperatorTest(OperatorFixture.FAILURES_LAST)
class DownloadIT {

    private static final String MODEL = "qwen/qwen3-14b";
    private static final String PULLED = "model: qwen/qwen3-14b, pullPolicy: IfNotPresent";
    private static final Duration AN_HOUR = Duration.ofHours(1);

    private final OperatorFixture fixture;

    DownloadIT(OperatorFixture fixture) {
        this.fixture = fixture;
    }

    @Test
    void missingModelIsDownloadedWithProgressAndThenServed() {
        givenDownloadsOfAnHour();
        fixture.apply("story", PULLED);
        awaitDownload(1);
        fixture.lmStudio().advanceClock(Duration.ofMinutes(25));

        ManagedModel downloading = fixture.await(
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

        fixture.lmStudio().advanceClock(AN_HOUR);

        ManagedModel ready = fixture.awaitReady("story");
        assertThat(AppliedModels.instance(ready).modelKey()).isEqualTo(MODEL);
        assertThat(ready.getStatus().download()).isNull();
        assertThat(downloads()).singleElement().satisfies(call -> assertThat(call.argv())
                .containsExactly("get", MODEL, "--yes"));
        List<String> story = fixture.awaitEvent("story", "Verified");
        // The time of the first Loading event depends on what the agent knew about the disk at the start.
        assertThat(story)
                .contains("Loading")
                .filteredOn(action -> !action.equals("Loading"))
                .containsSubsequence("Downloading", "Downloaded", "Verified");
    }

    @Test
    void nextOperatorContinuesTheDownload() {
        givenDownloadsOfAnHour();
        fixture.apply("pulled", PULLED);
        awaitDownload(1);

        fixture.restartOperator();

        awaitDownload(2);
        fixture.lmStudio().advanceClock(AN_HOUR);
        fixture.awaitReady("pulled");
        assertThat(fixture.journal().effects())
                .filteredOn(effect -> effect.startsWith("downloaded"))
                .hasSize(1);
    }

    @Test
    void longDownloadDelaysNoLoadAndTheNextDownloadNamesTheModelThatItWaitsFor() {
        givenDownloadsOfAnHour();
        fixture.apply("pulled", PULLED);
        awaitDownload(1);

        fixture.apply("there", "model: llama-3.2-1b-instruct");
        fixture.apply("next", PULLED);

        fixture.awaitReady("there");
        assertThat(AppliedModels.message(fixture.awaitReason("next", "WaitingForTurn")))
                .contains("pulled");
        assertThat(downloads()).hasSize(1);

        fixture.lmStudio().advanceClock(AN_HOUR);

        fixture.awaitReady("pulled");
        fixture.awaitReady("next");
    }

    @Test
    void loadedPredecessorIsLeftAloneUntilTheSuccessorIsOnDisk() {
        givenDownloadsOfAnHour();
        fixture.applyAndAwaitReady("chat", "model: llama-3.2-1b-instruct");

        fixture.apply("chat", PULLED);
        awaitDownload(1);
        fixture.awaitReason("chat", "Downloading");

        assertThat(fixture.lmStudio().instances())
                .extracting(SimulatedInstance::modelKey)
                .containsExactly("llama-3.2-1b-instruct");
        fixture.lmStudio().advanceClock(AN_HOUR);
        fixture.await(
                "chat",
                "has its successor",
                model -> model.getStatus().instance() != null
                        && MODEL.equals(model.getStatus().instance().modelKey()));
        fixture.awaitReady("chat");
    }

    @Test
    void fullDiskIsReportedWithTheRequiredSpaceAndNotRetriedSoon() {
        long fault = fixture.lmStudio()
                .fault(Fault.on("get", "loadFails").with("title", "ENOSPC: no space left on device, write"));

        fixture.apply("pulled", PULLED);

        ManagedModel waiting = fixture.awaitReason("pulled", "DiskFull");
        assertThat(AppliedModels.message(waiting)).contains("2000000000 bytes", "free space", "Next attempt at");
        assertThat(downloads()).hasSize(1);
        assertThat(fixture.journal().calls("load")).isEmpty();

        fixture.lmStudio().revoke(fault);
        fixture.apply("pulled", PULLED + ", drainSeconds: 1");

        fixture.awaitReady("pulled");
    }

    @Test
    void failedDownloadIsRetried() {
        fixture.lmStudio().fault(Fault.on("get", "loadFails").once());

        fixture.apply("pulled", PULLED);

        fixture.awaitReason("pulled", "DownloadFailed");
        fixture.awaitReady("pulled");
        assertThat(downloads()).hasSize(2);
    }

    @Test
    void nameThatTheCatalogueDoesNotKnowStallsAndLoadsNothingSimilar() {
        fixture.apply("unknown", "model: qwen/qwen3-8, pullPolicy: IfNotPresent");

        ManagedModel stalled = fixture.awaitStalled("unknown", "ModelNotFound");

        assertThat(AppliedModels.message(stalled)).contains("qwen/qwen3-8", "catalogue");
        assertThat(fixture.journal().calls("load")).isEmpty();
    }

    @Test
    void downloadWithoutEffectIsNotTakenForASuccess() {
        fixture.lmStudio().fault(Fault.on("get", "empty").once());

        fixture.apply("pulled", PULLED);

        assertThat(AppliedModels.message(fixture.awaitReason("pulled", "DownloadFailed")))
                .contains("lists no model");
        fixture.awaitReady("pulled");
    }

    @Test
    void downloadThatIsNoLongerAskedForIsCancelled() {
        givenDownloadsOfAnHour();
        fixture.apply("pulled", PULLED);
        awaitDownload(1);

        fixture.apply("pulled", "model: qwen/qwen3-14b, pullPolicy: Never");

        ManagedModel stalled = fixture.awaitReason("pulled", "ModelNotFound");
        assertThat(stalled.getStatus().download()).isNull();
        assertThat(downloads()).allMatch(JournalEntry::isFinished);
    }

    @Test
    void deletionDoesNotWaitForTheDownload() {
        givenDownloadsOfAnHour();
        fixture.apply("pulled", PULLED);
        awaitDownload(1);

        fixture.deleteAndAwaitGone("pulled");

        eventually("the download is cancelled", this::downloads, calls -> calls.stream()
                .allMatch(JournalEntry::isFinished));
        assertThat(fixture.journal().effects()).noneMatch(effect -> effect.startsWith("downloaded"));
    }

    private void givenDownloadsOfAnHour() {
        fixture.lmStudio().set("downloadMillis", AN_HOUR.toMillis());
    }

    private void awaitDownload(int number) {
        eventually(
                "download " + number + " runs",
                this::downloads,
                calls -> calls.size() == number && !calls.getLast().isFinished());
    }

    private List<JournalEntry> downloads() {
        return fixture.journal().calls("get");
    }
}
