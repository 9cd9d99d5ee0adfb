package dev.lmstudiooperator.agent.operation;

import static dev.lmstudiooperator.agent.operation.OperationQueueFixture.HALF;
import static dev.lmstudiooperator.agent.operation.OperationQueueFixture.NOW;
import static dev.lmstudiooperator.agent.operation.OperationQueueFixture.ONE;
import static dev.lmstudiooperator.agent.operation.OperationQueueFixture.THREE;
import static dev.lmstudiooperator.agent.operation.OperationQueueFixture.TWO;
import static dev.lmstudiooperator.agent.operation.OperationQueueFixture.onDisk;
import static dev.lmstudiooperator.lmstudio.DownloadedModelBuilder.aDownloadedModel;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.agent.operation.OperationQueue.Slot;
import dev.lmstudiooperator.agent.plan.History.Download;
import dev.lmstudiooperator.lmstudio.DomainFailure;
import dev.lmstudiooperator.lmstudio.DownloadedModel;
import dev.lmstudiooperator.lmstudio.InfrastructureFailure;
import dev.lmstudiooperator.lmstudio.LmStudioFailure;
import dev.lmstudiooperator.lmstudio.Reading;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tests that one download runs at a time, in which order, and with which result. */
@Timeout(60)
class DownloadQueueTest {

    private static final String MODEL = "qwen/qwen3-14b";
    private static final Download DOWNLOAD = new Download(MODEL, null);

    private final OperationQueueFixture fixture = new OperationQueueFixture(MODEL);
    private final OperationQueue operations = fixture.operations;

    @Test
    void oneDownloadAtATime() throws InterruptedException {
        begin();
        request(TWO);

        assertThat(operations.download(ONE)).map(Download::source).contains(MODEL);
        assertThat(operations.download(TWO)).isEmpty();
        assertThat(operations.otherHolder(TWO, Slot.DOWNLOAD)).contains(ONE);
        assertThat(operations.otherHolder(ONE, Slot.DOWNLOAD)).isEmpty();

        fixture.end();

        assertThat(operations.download(ONE)).isEmpty();
        assertThat(fixture.nextTriggered()).isEqualTo(TWO);
    }

    @Test
    void firstToRequestIsNext() throws InterruptedException {
        begin();
        request(TWO);
        request(THREE);
        request(TWO);

        fixture.end();

        assertThat(fixture.nextTriggered()).isEqualTo(TWO);
        assertThat(operations.otherHolder(THREE, Slot.DOWNLOAD)).contains(TWO);
        request(THREE);
        assertThat(operations.download(THREE)).isEmpty();
        operations.withdraw(TWO, Slot.DOWNLOAD);
        assertThat(fixture.nextTriggered()).isEqualTo(THREE);
        assertThat(operations.otherHolder(THREE, Slot.DOWNLOAD)).isEmpty();
    }

    @Test
    void withdrawnManagedModelIsNotTriggered() throws InterruptedException {
        begin();
        request(TWO);
        request(THREE);
        operations.withdraw(TWO, Slot.DOWNLOAD);

        fixture.end();

        assertThat(fixture.nextTriggered()).isEqualTo(THREE);
        assertThat(fixture.triggered).isEmpty();
    }

    @Test
    void onlyTheOwnerCancelsAndOnlyOnce() throws InterruptedException {
        begin();

        operations.cancel(TWO, Slot.DOWNLOAD);
        assertThat(operations.download(ONE)).isPresent();
        operations.cancel(ONE, Slot.DOWNLOAD);
        operations.cancel(ONE, Slot.DOWNLOAD);

        assertThat(fixture.nextResult()).isEqualTo(new OperationResult.Cancelled(DOWNLOAD, NOW, Duration.ZERO, true));
        assertThat(fixture.nextTriggered()).isEqualTo(ONE);
        assertThat(operations.download(ONE)).isEmpty();
    }

    @Test
    void progressIsReportedAsReceived() throws InterruptedException {
        begin();

        assertThat(operations.download(ONE)).contains(new Download(MODEL, HALF));
    }

    @Test
    void modelThatIsListedAfterwardsIsDownloadedWhateverTheCommandSaid() throws InterruptedException {
        fixture.failure = new InfrastructureFailure(InfrastructureFailure.Kind.TIMED_OUT, "too late");

        assertThat(resultOf(onDisk("other", MODEL)))
                .isEqualTo(new OperationResult.Downloaded(DOWNLOAD, NOW, Duration.ZERO));
    }

    @Test
    void successWithoutTheExactKeyIsAFailureThatNamesTheNearest() throws InterruptedException {
        assertThat(failed(onDisk("qwen/qwen3-14b-instruct", "llama")).explanation())
                .contains("no model with exactly this key", "The nearest: qwen/qwen3-14b-instruct")
                .doesNotContain("llama");
    }

    @Test
    void modelOfALinkedDeviceIsNotDownloaded() throws InterruptedException {
        DownloadedModel elsewhere = aDownloadedModel(MODEL).device("laptop").build();

        assertThat(failed(new Reading.Known<>(List.of(elsewhere), NOW)).explanation())
                .contains("no model with exactly this key");
    }

    @Test
    void fullDiskReportsTheRequiredSize() throws InterruptedException {
        fixture.failure = new DomainFailure(DomainFailure.Kind.DISK_FULL, "No space left");

        LmStudioFailure why = failed(onDisk());

        assertThat(why.explanation())
                .isEqualTo("No space left. The download needs 2000 bytes, of which 1000 had arrived");
        assertThat(why).extracting("kind").isEqualTo(DomainFailure.Kind.DISK_FULL);
    }

    @Test
    void otherFailuresAreReportedUnchanged() throws InterruptedException {
        fixture.failure = new DomainFailure(DomainFailure.Kind.DOWNLOAD_BROKE_OFF, "Timed-out");

        assertThat(failed(onDisk())).isSameAs(fixture.failure);
    }

    @Test
    void failedObservationIsUnclearUnlessTheCommandFailed() throws InterruptedException {
        LmStudioFailure unreachable = new InfrastructureFailure(InfrastructureFailure.Kind.UNREACHABLE, "gone");

        assertThat(resultOf(new Reading.Unknown<>(unreachable, NOW)))
                .isEqualTo(new OperationResult.Unclear(DOWNLOAD, NOW, Duration.ZERO));
        fixture.failure = unreachable;
        assertThat(resultOf(new Reading.Unknown<>(unreachable, NOW)))
                .isEqualTo(new OperationResult.Failed(DOWNLOAD, NOW, Duration.ZERO, unreachable));
    }

    private LmStudioFailure failed(Reading<List<DownloadedModel>> afterwards) throws InterruptedException {
        return resultOf(afterwards) instanceof OperationResult.Failed failed
                ? failed.why()
                : new InfrastructureFailure(InfrastructureFailure.Kind.UNKNOWN, "It did not fail");
    }

    private OperationResult resultOf(Reading<List<DownloadedModel>> afterwards) throws InterruptedException {
        fixture.onDisk = afterwards;
        begin();
        fixture.release();
        OperationResult result = fixture.nextResult();
        assertThat(fixture.nextTriggered()).isEqualTo(ONE);
        return result;
    }

    /** The first progress report triggers a reconciliation. */
    private void begin() throws InterruptedException {
        request(ONE);
        assertThat(fixture.nextTriggered()).isEqualTo(ONE);
    }

    /** Starts the download, or waits for the slot. */
    private void request(ResourceID owner) {
        if (!operations.begin(owner, DOWNLOAD, () -> {})) {
            operations.await(owner, DOWNLOAD);
        }
    }
}
