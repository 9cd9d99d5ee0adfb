package dev.lmstudiooperator.agent.plan;

import static dev.lmstudiooperator.Copies.copy;
import static dev.lmstudiooperator.lmstudio.InstanceBuilder.anInstance;
import static dev.lmstudiooperator.lmstudio.ObservationBuilder.anObservation;

import dev.lmstudiooperator.agent.plan.Action.ModelOperation;
import dev.lmstudiooperator.agent.plan.Desired.Verification;
import dev.lmstudiooperator.agent.plan.History.Download;
import dev.lmstudiooperator.agent.plan.History.VerificationOutcome;
import dev.lmstudiooperator.agent.plan.rules.Planner;
import dev.lmstudiooperator.api.v1alpha1.DeletionPolicy;
import dev.lmstudiooperator.api.v1alpha1.LoadSettings;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelSpec.PullPolicy;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelSpec.Retention;
import dev.lmstudiooperator.api.v1alpha1.Reason;
import dev.lmstudiooperator.api.v1alpha1.VerificationMode;
import dev.lmstudiooperator.api.v1alpha1.VerificationResult;
import dev.lmstudiooperator.lmstudio.ApiModelList;
import dev.lmstudiooperator.lmstudio.ApiModelList.ServedInstance;
import dev.lmstudiooperator.lmstudio.DomainFailure;
import dev.lmstudiooperator.lmstudio.DownloadedModel;
import dev.lmstudiooperator.lmstudio.DownloadedModel.ModelType;
import dev.lmstudiooperator.lmstudio.InfrastructureFailure;
import dev.lmstudiooperator.lmstudio.Instance;
import dev.lmstudiooperator.lmstudio.Instance.Activity;
import dev.lmstudiooperator.lmstudio.LmStudioCli.DownloadProgress;
import dev.lmstudiooperator.lmstudio.Observation;
import dev.lmstudiooperator.lmstudio.Reading;
import io.fabric8.kubernetes.api.model.IntOrString;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Builds planner inputs for tests. {@link #given()} is a ManagedModel with default values. Its model is on disk and not
 * loaded, on an idle node that was observed just now. Each method changes one aspect.
 */
public record PlanInputs(PlanInput input) {

    public static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");
    public static final String KEY = "qwen/qwen3-8b";
    public static final String NAME = "assistant";
    public static final String REVISION = "revision-1";
    public static final Duration TTL = Duration.ofMinutes(10);
    public static final int CONTEXT = 4096;

    public static PlanInputs given() {
        Desired desired = new Desired(
                1,
                KEY,
                NAME,
                TTL,
                LoadSettings.DEFAULTS,
                REVISION,
                Retention.KEEP_LOADED,
                PullPolicy.NEVER,
                new Verification(
                        VerificationMode.SERVED,
                        Duration.ofSeconds(2),
                        Duration.ofSeconds(60),
                        Duration.ofSeconds(10),
                        3,
                        Duration.ofSeconds(1800),
                        false),
                DeletionPolicy.UNLOAD_IF_LOADED,
                Duration.ofSeconds(60),
                false,
                List.of(),
                false,
                false);
        Observation observation = anObservation(NOW)
                .downloaded(onDisk(KEY, null))
                .served(new Reading.Known<>(new ApiModelList(Set.of(), Set.of(KEY)), NOW))
                .build();
        return of(desired, observation).drainsSince(ago(30));
    }

    /** Nothing is recorded, neither of the ManagedModel nor of its node. */
    public static PlanInputs of(Desired desired, Observation observation) {
        History history = new History(
                desired.generation(),
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
                History.Renewal.NONE,
                History.Publication.NONE);
        NodeContext nodeContext = new NodeContext(
                ago(600), Instant.EPOCH, null, null, null, null, null, Instant.EPOCH, false, Duration.ZERO, null);
        return new PlanInputs(new PlanInput(desired, observation, history, nodeContext, NOW));
    }

    /** The agent loaded it one hour ago. It was verified and used ten seconds ago. */
    public static PlanInputs givenServed() {
        return given().loadedAt(ago(3600))
                .with(usedAt(ago(10)))
                .passed(ago(10))
                .apiLists(NOW, new ServedInstance(KEY, NAME, CONTEXT, null));
    }

    public Decision decision() {
        return new Planner().plan(input);
    }

    public static Instant ago(long seconds) {
        return NOW.minusSeconds(seconds);
    }

    public static Instant in(long seconds) {
        return NOW.plusSeconds(seconds);
    }

    // Desired state

    public PlanInputs model(String key) {
        return desired("modelKey", key);
    }

    public PlanInputs ttl(Duration ttl) {
        return desired("ttl", ttl);
    }

    public PlanInputs load(@Nullable Integer contextLength, @Nullable Integer parallel) {
        return desired(
                "load",
                new LoadSettings(contextLength == null ? null : new IntOrString(contextLength), null, parallel));
    }

    public PlanInputs maxContext() {
        return desired("load", new LoadSettings(new IntOrString(LoadSettings.MAX), null, null));
    }

    public PlanInputs revision(String revision) {
        return desired("loadRevision", revision);
    }

    public PlanInputs temporary() {
        return desired("retention", Retention.TEMPORARY);
    }

    public PlanInputs pulled() {
        return desired("pullPolicy", PullPolicy.IF_NOT_PRESENT);
    }

    public PlanInputs mode(VerificationMode mode) {
        return verification("mode", mode);
    }

    public PlanInputs reloadStuck() {
        return verification("isStuckReloaded", true);
    }

    public PlanInputs busyCheck(Instant time, boolean isEarlierValid) {
        VerificationOutcome check = check(VerificationResult.UNKNOWN, Reason.BUSY, time, 0);
        return history("lastCheck", copy(check, "isEarlierValid", isEarlierValid));
    }

    public PlanInputs checkPeriod(long seconds) {
        return verification("period", Duration.ofSeconds(seconds));
    }

    private PlanInputs verification(String component, Object value) {
        return desired("verification", copy(input.desired().verification(), component, value));
    }

    public PlanInputs drain(long seconds) {
        return desired("drain", Duration.ofSeconds(seconds));
    }

    public PlanInputs deletionPolicy(DeletionPolicy policy) {
        return desired("deletionPolicy", policy);
    }

    public PlanInputs suspended() {
        return desired("isSuspended", true);
    }

    public PlanInputs deleted() {
        return desired("isDeleted", true);
    }

    // Observed state

    /** Another client loaded it with the desired settings. */
    public PlanInputs loaded() {
        return instances(List.of(instance()));
    }

    /** The agent loaded it for the desired revision, and recorded the load. */
    public PlanInputs loadedAt(Instant time) {
        return loaded().begun(REVISION).done(REVISION).recorded(recordedAt(time));
    }

    /** Changes each loaded instance. */
    public PlanInputs with(UnaryOperator<Instance> change) {
        return instances(loadedList().stream().map(change).toList());
    }

    public PlanInputs besides(Instance... others) {
        return instances(Stream.concat(loadedList().stream(), Stream.of(others)).toList());
    }

    public PlanInputs instances(List<Instance> instances) {
        return loaded(
                new Reading.Known<>(instances, input.observation().loaded().at()));
    }

    public PlanInputs observedAt(Instant time) {
        return loaded(new Reading.Known<>(loadedList(), time));
    }

    public PlanInputs lmStudioUnknown() {
        return lmStudioUnknownSince(NOW);
    }

    /** An instance of another client has a format that lms ps cannot list. */
    public PlanInputs unlistableSince(Instant time) {
        return loaded(new Reading.Unknown<List<Instance>>(
                new DomainFailure(DomainFailure.Kind.UNLISTABLE_INSTANCE, "an odd format"), NOW, time));
    }

    /** The list of models has not changed since that time. */
    public PlanInputs downloadsSince(Instant time, DownloadedModel... models) {
        return downloaded(new Reading.Known<>(List.of(models), NOW, time));
    }

    public PlanInputs lmStudioUnknownSince(Instant time) {
        return loaded(new Reading.Unknown<List<Instance>>(unreachable(), NOW, time));
    }

    public PlanInputs downloadsUnknown() {
        return downloaded(new Reading.Unknown<List<DownloadedModel>>(unreachable(), NOW));
    }

    /** Every observation of the last day lists exactly these models. */
    public PlanInputs downloads(DownloadedModel... models) {
        return downloadsSince(NOW.minus(Duration.ofDays(1)), models);
    }

    public PlanInputs apiLists(Instant time, ServedInstance... instances) {
        return served(new Reading.Known<>(new ApiModelList(Set.of(instances), Set.of(KEY)), time));
    }

    public PlanInputs apiUnknown() {
        return apiUnknownSince(NOW);
    }

    public PlanInputs apiUnknownSince(Instant time) {
        return served(new Reading.Unknown<ApiModelList>(unreachable(), NOW, time));
    }

    // History

    public PlanInputs begun(@Nullable String revision) {
        return history("begunRevision", revision);
    }

    /** The load of this revision succeeded. */
    public PlanInputs done(@Nullable String revision) {
        return history("loadedRevision", revision);
    }

    /** The load began, and its end is unknown. */
    public PlanInputs interrupted() {
        return begun(input.desired().loadRevision()).history("isLoadInterrupted", true);
    }

    public PlanInputs interruptedLoadOf(String other) {
        return nodeContext("interruptedLoadOf", other);
    }

    public PlanInputs recorded(History.@Nullable Recorded recorded) {
        return history("recorded", recorded);
    }

    public PlanInputs adopted() {
        return recorded(recordedAt(null));
    }

    public PlanInputs differsSince(Instant time) {
        return history("convergenceBeganAt", time);
    }

    public PlanInputs drainsSince(@Nullable Instant time) {
        return history("drainBeganAt", time);
    }

    /** A Service selects the ManagedModel, and sends requests to its instance. */
    public PlanInputs published() {
        return publication(true, true, null);
    }

    public PlanInputs publication(
            boolean isPublished, boolean isReportedAvailable, @Nullable Instant withdrawalBeganAt) {
        return history(
                "publication",
                new History.Publication(
                        true, isPublished, isReportedAvailable, withdrawalBeganAt, Duration.ofSeconds(30)));
    }

    public PlanInputs observedGeneration(long generation) {
        return history("observedGeneration", generation);
    }

    public PlanInputs failure(Reason reason, Instant at, @Nullable Instant retryAt) {
        return history("failure", new Failure(reason, "It went wrong", at, retryAt));
    }

    public PlanInputs running(ModelOperation operation) {
        return history("running", operation);
    }

    public PlanInputs loading() {
        return running(new ModelOperation.Load(
                input.desired().loadRequest(onDisk(input.desired().modelKey(), null), true),
                input.desired().loadRevision()));
    }

    public PlanInputs downloading(String source, @Nullable DownloadProgress progress) {
        return history("download", new Download(source, progress));
    }

    public PlanInputs probing() {
        return history("isProbing", true);
    }

    public PlanInputs passed(Instant time) {
        return checked(VerificationResult.PASSED, Reason.VERIFIED, time, 0);
    }

    public PlanInputs failed(Instant time, int timesInARow) {
        return checked(VerificationResult.FAILED, Reason.VERIFICATION_FAILED, time, timesInARow);
    }

    public PlanInputs unclear(Instant time) {
        return checked(VerificationResult.UNKNOWN, Reason.SERVER_NOT_RUNNING, time, 0);
    }

    private PlanInputs checked(VerificationResult result, Reason reason, Instant time, int timesInARow) {
        return history("lastCheck", check(result, reason, time, timesInARow));
    }

    /** An earlier process wrote this status. */
    public PlanInputs reportedVerification(String message) {
        return history("reportedVerification", message);
    }

    public PlanInputs ownCopies(String... identifiers) {
        return history("ownCopies", Set.of(identifiers));
    }

    public PlanInputs renewedAt(Instant time) {
        return renewal(new History.Renewal(time, time, false, false));
    }

    public PlanInputs renewal(History.Renewal renewal) {
        return history("renewal", renewal);
    }

    public PlanInputs busySince(Instant time) {
        Observation seen = input.observation();
        return changed(
                "observation",
                new Observation(seen.loaded(), seen.downloaded(), seen.served(), seen.loading(), Map.of(NAME, time)));
    }

    // Other events on the node

    public PlanInputs changedAt(Instant time) {
        return nodeContext("changedAt", time);
    }

    public PlanInputs memoryFreedAt(Instant time) {
        return nodeContext("memoryFreedAt", time);
    }

    public PlanInputs slotHolder(String other) {
        return nodeContext("slotHolder", other);
    }

    public PlanInputs downloadSlotHolder(String other) {
        return nodeContext("downloadSlotHolder", other);
    }

    public PlanInputs olderOwner(String other) {
        return nodeContext("olderOwner", other);
    }

    public PlanInputs newerOwner(String other) {
        return nodeContext("newerOwner", other);
    }

    public PlanInputs heldSince(Instant time) {
        return nodeContext("heldSince", time);
    }

    public PlanInputs leaseOverdue(boolean isExpired) {
        return nodeContext("isLeaseExpired", isExpired);
    }

    /** The wall clock of the machine was set while the agent ran. */
    public PlanInputs wallSetAt(Instant time) {
        return nodeContext("wallSetAt", time);
    }

    public PlanInputs wallOffset(Duration offset) {
        return nodeContext("wallOffset", offset);
    }

    // Objects of LM Studio

    public static Instance instance() {
        return anInstance(NAME, KEY)
                .ttl(TTL)
                .contextLength(CONTEXT)
                .sizeBytes(5_000_000_000L)
                .build();
    }

    public static History.Recorded recordedAt(@Nullable Instant loadedAt) {
        return new History.Recorded(KEY, CONTEXT, TTL, loadedAt);
    }

    public static VerificationOutcome check(VerificationResult result, Reason reason, Instant time, int timesInARow) {
        return new VerificationOutcome(
                result,
                reason,
                VerificationMode.SERVED,
                time,
                "cli",
                "api",
                null,
                "What the check said",
                timesInARow,
                false,
                false);
    }

    public static DownloadedModel onDisk(String key, @Nullable String device) {
        return new DownloadedModel(
                key, ModelType.LLM, "path/of/" + key, 5_000_000_000L, device, "gguf", "qwen3", 40_960);
    }

    public static ModelOperation.Unload unload() {
        return new ModelOperation.Unload(NAME);
    }

    public static UnaryOperator<Instance> identifier(String identifier) {
        return i -> copy(i, "identifier", identifier);
    }

    public static UnaryOperator<Instance> ofModel(String key) {
        return i -> copy(i, "modelKey", key);
    }

    public static UnaryOperator<Instance> ofType(ModelType type, @Nullable Integer parallel) {
        return i -> copy(copy(i, "type", type), "parallel", parallel);
    }

    public static UnaryOperator<Instance> ttlOf(@Nullable Duration ttl) {
        return i -> copy(i, "ttl", ttl);
    }

    public static UnaryOperator<Instance> usedAt(@Nullable Instant time) {
        return i -> copy(i, "lastUsedAt", time);
    }

    public static UnaryOperator<Instance> context(int tokens) {
        return i -> copy(i, "contextLength", tokens);
    }

    public static UnaryOperator<Instance> busy() {
        return i -> copy(i, "activity", Activity.GENERATING);
    }

    public static UnaryOperator<Instance> onDevice(String device) {
        return i -> copy(i, "deviceIdentifier", device);
    }

    private static InfrastructureFailure unreachable() {
        return new InfrastructureFailure(InfrastructureFailure.Kind.UNREACHABLE, "no answer");
    }

    /** An instance with the desired settings. */
    public Instance wanted() {
        Desired desired = input.desired();
        Integer contextLength = desired.load().contextTokens(40_960);
        Integer parallel = desired.load().parallel();
        Instance instance = copy(ofModel(desired.modelKey()).apply(instance()), "ttl", desired.ttl());
        return copy(
                copy(instance, "contextLength", contextLength == null ? CONTEXT : contextLength),
                "parallel",
                parallel == null ? 4 : parallel);
    }

    /** Record of the current instance, loaded by the agent one minute ago. */
    public History.Recorded recordedNow() {
        Instance instance = input.instance().orElseGet(PlanInputs::instance);
        return new History.Recorded(instance.modelKey(), instance.contextLength(), instance.ttl(), ago(60));
    }

    // Single changes

    public PlanInputs desired(String component, @Nullable Object value) {
        return changed("desired", copy(input.desired(), component, value));
    }

    private PlanInputs loaded(Reading<List<Instance>> reading) {
        Observation seen = input.observation();
        return changed("observation", new Observation(reading, seen.downloaded(), seen.served()));
    }

    public PlanInputs downloaded(Reading<List<DownloadedModel>> reading) {
        Observation seen = input.observation();
        return changed("observation", new Observation(seen.loaded(), reading, seen.served()));
    }

    private PlanInputs served(Reading<ApiModelList> reading) {
        Observation seen = input.observation();
        return changed("observation", new Observation(seen.loaded(), seen.downloaded(), reading));
    }

    public PlanInputs history(String component, @Nullable Object value) {
        return changed("history", copy(input.history(), component, value));
    }

    public PlanInputs nodeContext(String component, @Nullable Object value) {
        return changed("nodeContext", copy(input.nodeContext(), component, value));
    }

    public PlanInputs at(Instant now) {
        return changed("now", now);
    }

    private PlanInputs changed(String component, Object value) {
        return new PlanInputs(copy(input, component, value));
    }

    private List<Instance> loadedList() {
        return input.observation().loaded() instanceof Reading.Known<List<Instance>> known ? known.value() : List.of();
    }
}
