package dev.lmstudiooperator.agent.operation;

import static dev.lmstudiooperator.lmstudio.DownloadedModelBuilder.aDownloadedModel;
import static dev.lmstudiooperator.lmstudio.InstanceBuilder.anInstance;
import static dev.lmstudiooperator.lmstudio.ObservationBuilder.anObservation;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.agent.observer.ObservationSource;
import dev.lmstudiooperator.agent.observer.StubObservations;
import dev.lmstudiooperator.agent.plan.Action.ModelOperation;
import dev.lmstudiooperator.lmstudio.ApiModelList;
import dev.lmstudiooperator.lmstudio.ApiModelList.ServedInstance;
import dev.lmstudiooperator.lmstudio.DomainFailure;
import dev.lmstudiooperator.lmstudio.DownloadedModel;
import dev.lmstudiooperator.lmstudio.InfrastructureFailure;
import dev.lmstudiooperator.lmstudio.Instance;
import dev.lmstudiooperator.lmstudio.LmStudioCli;
import dev.lmstudiooperator.lmstudio.LmStudioFailure;
import dev.lmstudiooperator.lmstudio.LoadRequest;
import dev.lmstudiooperator.lmstudio.Observation;
import dev.lmstudiooperator.lmstudio.ObservationBuilder;
import dev.lmstudiooperator.lmstudio.Reading;
import dev.lmstudiooperator.lmstudio.StubApi;
import dev.lmstudiooperator.lmstudio.StubCli;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.junit.jupiter.params.provider.MethodSource;

/** Tests the result of an operation, given the result of {@code lms} and the next observation. */
class OperationExecutorTest {

    private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");
    private static final Duration TTL = Duration.ofMinutes(10);
    private static final Duration DURATION = Duration.ofSeconds(3);
    private static final ModelOperation.Load LOAD = load(null);
    private static final ModelOperation.Unload UNLOAD = new ModelOperation.Unload("chat");
    private static final Instance LOADED = instance("qwen", TTL, null);
    private static final ApiModelList CATALOG = new ApiModelList(Set.of(), Set.of("qwen", "llama"));
    private static final Reading<ApiModelList> NO_ANSWER =
            new Reading.Unknown<>(new InfrastructureFailure(InfrastructureFailure.Kind.TIMED_OUT, "no answer"), NOW);
    private static final DownloadedModel ON_DISK = onDisk("qwen", "path", null);
    private final LmStudioFailure timeout =
            new InfrastructureFailure(InfrastructureFailure.Kind.TIMED_OUT, "no answer");

    private final List<String> calls = new ArrayList<>();

    /** The answers of the HTTP API; it does not answer any more when they are used up. */
    private final Queue<ApiModelList> listed = new ArrayDeque<>();

    private Instant now = NOW;
    private @Nullable Exception failure;
    private Observation last = anObservation(NOW).build();
    private CompletableFuture<Observation> before = seen(List.of(), ON_DISK);
    private CompletableFuture<Observation> afterwards = seen(List.of(), ON_DISK);

    // Loads

    @Test
    void loadWhoseInstanceIsListedHasLoaded() {
        afterwards = seen(List.of(LOADED));

        assertThat(outcome(LOAD)).isEqualTo(new OperationResult.Loaded(LOAD, now, DURATION, LOADED));
        assertThat(calls).containsExactly("ls", "load", "ps");
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
        assertThat(calls).containsExactly("unload", "ps", "unload", "ps");
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

    // Reads by the HTTP API

    @Test
    void loadByPathNeedsNoListsOfLmsBeforeItWhileTheApiConfirmsTheLastOnes() {
        last = seenBefore();
        listed.add(CATALOG);
        listed.add(CATALOG);

        outcome(load("path"));

        assertThat(calls).containsExactly("load", "ps");
    }

    @ParameterizedTest
    @MethodSource
    void lmsListsAgainBeforeALoad(ModelOperation load, Observation last, @Nullable ApiModelList list) {
        this.last = last;
        if (list != null) {
            listed.add(list);
        }

        outcome(load);

        assertThat(calls).startsWith("ls");
    }

    static Stream<Arguments> lmsListsAgainBeforeALoad() {
        ObservationBuilder seen = anObservation(NOW).downloaded(ON_DISK).served(new Reading.Known<>(CATALOG, NOW));
        return Stream.of(
                Arguments.argumentSet("no exact path", LOAD, seen.build(), CATALOG),
                Arguments.argumentSet("no answer", load("path"), seen.build(), null),
                Arguments.argumentSet(
                        "other models on disk", load("path"), seen.build(), new ApiModelList(Set.of(), Set.of("qwen"))),
                Arguments.argumentSet(
                        "model not listed",
                        load("path"),
                        seen.served(new Reading.Known<>(new ApiModelList(Set.of(), Set.of("llama")), NOW))
                                .build(),
                        new ApiModelList(Set.of(), Set.of("llama"))),
                Arguments.argumentSet(
                        "no earlier answer",
                        load("path"),
                        seen.served(NO_ANSWER).build(),
                        CATALOG),
                Arguments.argumentSet("identifier in use", load("path"), seen.build(), served("llama", "chat")),
                Arguments.argumentSet("no identifiers", load("path"), seen.build(), served("llama", null)));
    }

    /** {@code lms load --exact --local} ignores the models of linked devices, but the API does not list their identifiers. */
    @Test
    void loadBesideALinkedDeviceNeedsOnlyTheLoadedModels() {
        last = anObservation(NOW)
                .downloaded(ON_DISK, onDisk("llama", "path", "laptop"))
                .served(new Reading.Known<>(CATALOG, NOW))
                .build();
        listed.add(CATALOG);
        listed.add(CATALOG);

        outcome(load("path"));

        assertThat(calls).containsExactly("ps", "load", "ps");
    }

    @Test
    void identifierThatALinkedDeviceUsesIsNotLoaded() {
        last = anObservation(NOW)
                .downloaded(ON_DISK, onDisk("llama", "path", "laptop"))
                .served(new Reading.Known<>(CATALOG, NOW))
                .build();
        listed.add(CATALOG);
        afterwards = seen(List.of(instance("llama", TTL, "laptop")), ON_DISK);

        assertThat(outcome(load("path"))).isInstanceOf(OperationResult.Cancelled.class);
        assertThat(calls).containsExactly("ps");
    }

    /** The API confirms the lists, but they do not allow the load. */
    @Test
    void confirmedListsMustAllowTheLoad() {
        listed.add(CATALOG);
        last = anObservation(NOW)
                .downloaded(onDisk("qwen", "other path", null))
                .served(new Reading.Known<>(CATALOG, NOW))
                .build();

        assertThat(outcome(load("path"))).isInstanceOf(OperationResult.Cancelled.class);
        assertThat(calls).isEmpty();
    }

    @Test
    void confirmedLoadLetsTheNextBeginAndSharesItsObservation() {
        listed.add(served("qwen", "chat"));
        afterwards = seen(List.of(LOADED));

        assertThat(outcome(LOAD)).isInstanceOf(OperationResult.Loaded.class);

        assertThat(calls).containsExactly("ls", "load", "confirmed at " + now, "ps since " + now);
    }

    @Test
    void confirmedUnloadLetsTheNextBegin() {
        listed.add(CATALOG);

        assertThat(outcome(UNLOAD)).isInstanceOf(OperationResult.Unloaded.class);

        assertThat(calls).containsExactly("unload", "confirmed at " + now, "ps since " + now);
    }

    /** Only {@code lms ps} decides. */
    @Test
    void confirmedResultThatLmsContradictsHasFailed() {
        listed.add(CATALOG);
        afterwards = seen(List.of(LOADED));

        assertThat(outcome(UNLOAD)).isInstanceOf(OperationResult.Failed.class);
    }

    @ParameterizedTest
    @MethodSource
    void nextOperationWaitsForLms(ModelOperation operation, @Nullable ApiModelList list) {
        if (list != null) {
            listed.add(list);
        }

        outcome(operation);

        assertThat(calls).endsWith("ps").noneMatch(call -> call.startsWith("confirmed"));
    }

    static Stream<Arguments> nextOperationWaitsForLms() {
        return Stream.of(
                Arguments.argumentSet("no answer after a load", LOAD, null),
                Arguments.argumentSet("instance not listed", LOAD, CATALOG),
                Arguments.argumentSet("instance of another model", LOAD, served("llama", "chat")),
                Arguments.argumentSet("no identifiers after a load", LOAD, served("qwen", null)),
                Arguments.argumentSet("no answer after an unload", UNLOAD, null),
                Arguments.argumentSet("instance still listed", UNLOAD, served("qwen", "chat")),
                Arguments.argumentSet("no identifiers after an unload", UNLOAD, served("llama", null)));
    }

    /** Otherwise each operation would wait for the time limit of a request. */
    @Test
    void apiThatDidNotAnswerTheLastPollIsNotAsked() {
        last = anObservation(NOW).downloaded(ON_DISK).served(NO_ANSWER).build();
        listed.add(served("qwen", "chat"));

        outcome(load("path"));

        assertThat(calls).containsExactly("ls", "load", "ps");
        assertThat(listed).hasSize(1);
    }

    @Test
    void nextOperationWaitsForLmsAfterAFailure() {
        listed.add(served("qwen", "chat"));
        failure = timeout;

        outcome(LOAD);

        assertThat(calls).endsWith("ps");
    }

    /** LM Studio may have moved the model without changing its key. */
    @Test
    void modelThatIsMissingForLmsIsListedAgain() {
        failure = new DomainFailure(DomainFailure.Kind.MODEL_NOT_FOUND, "no such path");

        outcome(LOAD);

        assertThat(calls).containsExactly("ls", "load", "ls");
    }

    private ApiModelList list() throws LmStudioFailure {
        if (listed.isEmpty()) {
            throw timeout;
        }
        return listed.remove();
    }

    private static Observation seenBefore() {
        return anObservation(NOW)
                .downloaded(ON_DISK)
                .served(new Reading.Known<>(CATALOG, NOW))
                .build();
    }

    private static ApiModelList served(String modelKey, @Nullable String identifier) {
        return new ApiModelList(Set.of(new ServedInstance(modelKey, identifier, 4096, null)), CATALOG.modelKeys());
    }

    private void assertIsNotBegun(ModelOperation load) {
        assertThat(outcome(load)).isEqualTo(new OperationResult.Cancelled(load, now, Duration.ZERO, false));
        assertThat(calls).doesNotContain("load");
    }

    private LmStudioFailure failed(ModelOperation operation) {
        assertThat(outcome(operation)).isInstanceOf(OperationResult.Failed.class);
        return ((OperationResult.Failed) outcome(operation)).why();
    }

    private OperationResult outcome(ModelOperation operation) {
        ObservationSource observations = new StubObservations(
                () -> last,
                since -> {
                    calls.add(since.equals(Instant.MAX) ? "ps" : "ps since " + since);
                    return afterwards;
                },
                () -> {
                    calls.add("ls");
                    return before;
                });
        return new OperationExecutor(cli(), StubApi.listing(this::list), observations, () -> now)
                .execute(operation, progress -> {}, endedAt -> calls.add("confirmed at " + endedAt));
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
