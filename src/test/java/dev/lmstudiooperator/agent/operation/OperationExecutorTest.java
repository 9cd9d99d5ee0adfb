package dev.lmstudiooperator.agent.operation;

import static dev.lmstudiooperator.lmstudio.DownloadedModelBuilder.aDownloadedModel;
import static dev.lmstudiooperator.lmstudio.InstanceBuilder.anInstance;
import static dev.lmstudiooperator.lmstudio.ObservationBuilder.anObservation;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.agent.plan.Action.ModelOperation;
import dev.lmstudiooperator.lmstudio.DomainFailure;
import dev.lmstudiooperator.lmstudio.DownloadedModel;
import dev.lmstudiooperator.lmstudio.InfrastructureFailure;
import dev.lmstudiooperator.lmstudio.Instance;
import dev.lmstudiooperator.lmstudio.LmStudioCli;
import dev.lmstudiooperator.lmstudio.LmStudioFailure;
import dev.lmstudiooperator.lmstudio.LoadRequest;
import dev.lmstudiooperator.lmstudio.Observation;
import dev.lmstudiooperator.lmstudio.Reading;
import dev.lmstudiooperator.lmstudio.StubCli;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** Tests the result of an operation, given the result of {@code lms} and the next observation. */
class OperationExecutorTest {

    private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");
    private static final Duration TTL = Duration.ofMinutes(10);
    private static final Duration DURATION = Duration.ofSeconds(3);
    private static final ModelOperation.Load LOAD = load(null);
    private static final ModelOperation.Unload UNLOAD = new ModelOperation.Unload("chat");
    private static final Instance LOADED = instance("qwen", TTL, null);
    private static final DownloadedModel ON_DISK = onDisk("qwen", "path", null);
    private final LmStudioFailure timeout =
            new InfrastructureFailure(InfrastructureFailure.Kind.TIMED_OUT, "no answer");

    private final List<String> calls = new ArrayList<>();
    private Instant now = NOW;
    private @Nullable Exception failure;
    private CompletableFuture<Observation> before = seen(List.of(), ON_DISK);
    private CompletableFuture<Observation> afterwards = seen(List.of(), ON_DISK);

    // Loads

    @Test
    void loadWhoseInstanceIsListedHasLoaded() {
        afterwards = seen(List.of(LOADED));

        assertThat(outcome(LOAD)).isEqualTo(new OperationResult.Loaded(LOAD, now, DURATION, LOADED));
        assertThat(calls).containsExactly("load");
    }

    @Test
    void loadWhoseInstanceIsNotListedHasFailed() {
        assertThat(failed(LOAD).explanation())
                .isEqualTo("lms reported that it loaded qwen, but lms ps does not list it");
        failure = timeout;
        assertThat(failed(LOAD)).isSameAs(timeout);
    }

    @Test
    void failureBeforeTheEndDoesNotMatterWhenTheInstanceIsListed() {
        afterwards = seen(List.of(LOADED));
        failure = timeout;

        assertThat(outcome(LOAD)).isInstanceOf(OperationResult.Loaded.class);
    }

    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "INSTANCE_GONE")
    void instanceThatIsListedAfterARefusalIsOfAnotherClient(DomainFailure.Kind kind) {
        afterwards = seen(List.of(LOADED));
        failure = new DomainFailure(kind, "no");

        assertThat(failed(LOAD)).isSameAs(failure);
    }

    @Test
    void instanceThatWasGoneForLmsAndIsListedWasLoaded() {
        afterwards = seen(List.of(LOADED));
        failure = new DomainFailure(DomainFailure.Kind.INSTANCE_GONE, "gone");

        assertThat(outcome(LOAD)).isInstanceOf(OperationResult.Loaded.class);
    }

    @Test
    void identifierThatIsTakenByNothingListedIsOfALoadThatGoesOn() {
        failure = new DomainFailure(DomainFailure.Kind.IDENTIFIER_TAKEN, "taken");

        assertThat(failed(LOAD))
                .isInstanceOfSatisfying(DomainFailure.class, reserved -> assertThat(reserved.kind())
                        .isEqualTo(DomainFailure.Kind.IDENTIFIER_RESERVED))
                .hasMessage("LM Studio is still processing another load of the identifier chat");
    }

    @Test
    void otherRefusalIsReportedUnchanged() {
        failure = new DomainFailure(DomainFailure.Kind.INSUFFICIENT_MEMORY, "too large");

        assertThat(failed(LOAD)).isSameAs(failure);
    }

    @Test
    void anotherModelWithOurTtlWasLoadedByMistake() {
        Instance other = instance("qwen-2", TTL, null);
        afterwards = seen(List.of(other));

        assertThat(outcome(LOAD)).isInstanceOfSatisfying(OperationResult.LoadedAnother.class, another -> {
            assertThat(another.instance()).isEqualTo(other);
            assertThat(another.why().explanation()).isEqualTo("lms load loaded qwen-2 instead of qwen");
        });
    }

    @Test
    void anotherModelWithAnotherTtlIsOfAnotherClient() {
        afterwards = seen(List.of(instance("qwen-2", null, null)));

        assertThat(failed(LOAD))
                .isInstanceOfSatisfying(DomainFailure.class, lost -> assertThat(lost.kind())
                        .isEqualTo(DomainFailure.Kind.IDENTIFIER_LOST))
                .hasMessage("Another client loaded qwen-2 as chat during the load");
    }

    @Test
    void cancelledLoadMayHaveComeToItsEnd() {
        failure = new InterruptedException();

        assertThat(outcome(LOAD)).isEqualTo(new OperationResult.Cancelled(LOAD, now, DURATION, true));
        afterwards = seen(List.of(instance("qwen-2", TTL, null)));
        assertThat(outcome(LOAD)).isInstanceOf(OperationResult.Cancelled.class);
        afterwards = seen(List.of(LOADED));
        assertThat(outcome(LOAD)).isInstanceOf(OperationResult.Loaded.class);
    }

    // Observations before a load

    @Test
    void identifierThatIsTakenIsNotLoaded() {
        before = seen(List.of(instance("llama", TTL, null)), ON_DISK);
        assertIsNotBegun(LOAD);

        before = seen(List.of(instance("qwen", TTL, "laptop")), ON_DISK);
        assertIsNotBegun(LOAD);
    }

    @Test
    void modelWhosePathHasChangedIsNotLoaded() {
        afterwards = seen(List.of(LOADED));
        assertThat(outcome(load("path"))).isInstanceOf(OperationResult.Loaded.class);
        calls.clear();

        assertIsNotBegun(load("other path"));
    }

    @Test
    void modelThatSharesItsPathIsNotLoadedByIt() {
        before = seen(List.of(), ON_DISK, onDisk("qwen-2", "path", null));

        assertIsNotBegun(load("path"));
    }

    @Test
    void nothingIsLoadedAfterAFailedObservation() {
        before = CompletableFuture.failedFuture(new IllegalStateException());
        assertIsNotBegun(LOAD);

        before = unknown();
        assertIsNotBegun(LOAD);
    }

    @Test
    void cancelDuringTheObservationBeforeTheLoadLoadsNothing() {
        before = new CompletableFuture<>();
        Thread.currentThread().interrupt();

        assertIsNotBegun(LOAD);

        assertThat(Thread.interrupted()).isTrue();
    }

    // Unloads

    @Test
    void unloadWhoseInstanceIsNotListedHasUnloadedWhateverLmsSaid() {
        assertThat(outcome(UNLOAD)).isEqualTo(new OperationResult.Unloaded(UNLOAD, now, DURATION));
        failure = timeout;
        assertThat(outcome(UNLOAD)).isInstanceOf(OperationResult.Unloaded.class);
        assertThat(calls).containsExactly("unload", "unload");
    }

    @Test
    void unloadWhoseInstanceIsListedHasFailed() {
        afterwards = seen(List.of(LOADED));

        assertThat(failed(UNLOAD).explanation()).isEqualTo("lms reported success, but lms ps still lists the instance");
        failure = timeout;
        assertThat(failed(UNLOAD)).isSameAs(timeout);
    }

    @Test
    void cancelledUnloadMayHaveComeToItsEnd() {
        failure = new InterruptedException();

        assertThat(outcome(UNLOAD)).isInstanceOf(OperationResult.Unloaded.class);
        afterwards = seen(List.of(LOADED));
        assertThat(outcome(UNLOAD)).isInstanceOf(OperationResult.Cancelled.class);
    }

    // Failed observations after an operation

    @Test
    void failedObservationIsUnclearUnlessTheCommandFailed() {
        afterwards = unknown();
        assertThat(outcome(UNLOAD)).isEqualTo(new OperationResult.Unclear(UNLOAD, now, DURATION));

        afterwards = CompletableFuture.failedFuture(new IllegalStateException());
        assertThat(outcome(UNLOAD)).isInstanceOf(OperationResult.Unclear.class);

        failure = timeout;
        assertThat(failed(UNLOAD)).isSameAs(timeout);
    }

    /** Otherwise the thread's next wait would end at once. */
    @Test
    void cancelThatComesTooLateIsForgotten() {
        Thread.currentThread().interrupt();

        outcome(UNLOAD);

        assertThat(Thread.interrupted()).isFalse();
    }

    private void assertIsNotBegun(ModelOperation load) {
        assertThat(outcome(load)).isEqualTo(new OperationResult.Cancelled(load, now, Duration.ZERO, false));
        assertThat(calls).isEmpty();
    }

    private LmStudioFailure failed(ModelOperation operation) {
        assertThat(outcome(operation)).isInstanceOf(OperationResult.Failed.class);
        return ((OperationResult.Failed) outcome(operation)).why();
    }

    private OperationResult outcome(ModelOperation operation) {
        return new OperationExecutor(cli(), () -> afterwards, () -> before, () -> now)
                .execute(operation, progress -> {});
    }

    private static ModelOperation.Load load(@Nullable String path) {
        return new ModelOperation.Load(new LoadRequest("qwen", "chat", TTL, null, null, null, path), "revision");
    }

    private static Instance instance(String modelKey, @Nullable Duration ttl, @Nullable String device) {
        return anInstance("chat", modelKey).ttl(ttl).device(device).build();
    }

    private static DownloadedModel onDisk(String modelKey, String path, @Nullable String device) {
        return aDownloadedModel(modelKey).path(path).device(device).build();
    }

    private static CompletableFuture<Observation> seen(List<Instance> loaded, DownloadedModel... onDisk) {
        return CompletableFuture.completedFuture(anObservation(NOW)
                .loaded(new Reading.Known<>(loaded, NOW))
                .downloaded(onDisk)
                .build());
    }

    private CompletableFuture<Observation> unknown() {
        return CompletableFuture.completedFuture(anObservation(NOW)
                .loaded(new Reading.Unknown<>(timeout, NOW))
                .downloaded(ON_DISK)
                .build());
    }

    /** Every call takes the same time. */
    private LmStudioCli cli() {
        return StubCli.answering((method, arguments) -> {
            calls.add(method);
            now = now.plus(DURATION);
            if (failure != null) {
                throw failure;
            }
            return null;
        });
    }
}
