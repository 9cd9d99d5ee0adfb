package dev.lmstudiooperator.agent.plan;

import static dev.lmstudiooperator.agent.plan.Copies.copy;

import dev.lmstudiooperator.api.v1alpha1.DeletionPolicy;
import dev.lmstudiooperator.api.v1alpha1.LoadSettings;
import dev.lmstudiooperator.api.v1alpha1.PullPolicy;
import dev.lmstudiooperator.api.v1alpha1.Reason;
import dev.lmstudiooperator.api.v1alpha1.Retention;
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
record Situations(PlanInput situation) {

    static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");
    static final String KEY = "qwen/qwen3-8b";
    static final String NAME = "assistant";
    static final String REVISION = "revision-1";
    static final Duration TTL = Duration.ofMinutes(10);
    static final int CONTEXT = 4096;

    static Situations given() {
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
        Observation observation = new Observation(
                new Reading.Known<>(List.of(), NOW),
                new Reading.Known<>(List.of(onDisk(KEY, null)), NOW),
                new Reading.Known<>(new ApiModelList(Set.of(), Set.of(KEY)), NOW));
        return new Situations(new PlanInput(
                desired,
                observation,
                new History(
                        1,
                        null,
                        null,
                        false,
                        null,
                        null,
                        NOW.minusSeconds(30),
                        null,
                        null,
                        null,
                        false,
                        null,
                        null,
                        Set.of(),
                        History.Renewal.NONE),
                new NodeContext(
                        NOW.minusSeconds(600),
                        Instant.EPOCH,
                        null,
                        null,
                        null,
                        null,
                        null,
                        Instant.EPOCH,
                        false,
                        Duration.ZERO,
                        null),
                NOW));
    }

    /** The agent loaded it one hour ago. It was verified and used ten seconds ago. */
    static Situations givenServed() {
        return given().loadedAt(ago(3600))
                .with(usedAt(ago(10)))
                .passed(ago(10))
                .apiLists(NOW, new ServedInstance(KEY, NAME, CONTEXT, null));
    }

    Decision decision() {
        return new Planner().plan(situation);
    }

    static Instant ago(long seconds) {
        return NOW.minusSeconds(seconds);
    }

    static Instant in(long seconds) {
        return NOW.plusSeconds(seconds);
    }

    // Desired state

    Situations model(String key) {
        return desired("modelKey", key);
    }

    Situations ttl(Duration ttl) {
        return desired("ttl", ttl);
    }

    Situations load(@Nullable Integer contextLength, @Nullable Integer parallel) {
        return desired(
                "load",
                new LoadSettings(contextLength == null ? null : new IntOrString(contextLength), null, parallel));
    }

    Situations maxContext() {
        return desired("load", new LoadSettings(new IntOrString(LoadSettings.MAX), null, null));
    }

    Situations revision(String revision) {
        return desired("loadRevision", revision);
    }

    Situations temporary() {
        return desired("retention", Retention.TEMPORARY);
    }

    Situations pulled() {
        return desired("pullPolicy", PullPolicy.IF_NOT_PRESENT);
    }

    Situations mode(VerificationMode mode) {
        return verification("mode", mode);
    }

    Situations reloadStuck() {
        return verification("isStuckReloaded", true);
    }

    Situations busyCheck(Instant time, boolean isOlderStanding) {
        VerificationOutcome check = check(VerificationResult.UNKNOWN, Reason.BUSY, time, 0);
        return history("lastCheck", copy(check, "isOlderStanding", isOlderStanding));
    }

    Situations checkPeriod(long seconds) {
        return verification("period", Duration.ofSeconds(seconds));
    }

    private Situations verification(String component, Object value) {
        return desired("verification", copy(situation.desired().verification(), component, value));
    }

    Situations drain(long seconds) {
        return desired("drain", Duration.ofSeconds(seconds));
    }

    Situations deletionPolicy(DeletionPolicy policy) {
        return desired("deletionPolicy", policy);
    }

    Situations suspended() {
        return desired("isSuspended", true);
    }

    Situations deleted() {
        return desired("isDeleted", true);
    }

    // Observed state

    /** Another client loaded it with the desired settings. */
    Situations loaded() {
        return instances(List.of(instance()));
    }

    /** The agent loaded it for the desired revision, and recorded the load. */
    Situations loadedAt(Instant time) {
        return loaded().begun(REVISION).done(REVISION).recorded(recordedAt(time));
    }

    /** Changes each loaded instance. */
    Situations with(UnaryOperator<Instance> change) {
        return instances(loadedList().stream().map(change).toList());
    }

    Situations besides(Instance... others) {
        return instances(Stream.concat(loadedList().stream(), Stream.of(others)).toList());
    }

    Situations instances(List<Instance> instances) {
        return loaded(
                new Reading.Known<>(instances, situation.observation().loaded().at()));
    }

    Situations lookedAt(Instant time) {
        return loaded(new Reading.Known<>(loadedList(), time));
    }

    Situations lmStudioUnknown() {
        return lmStudioUnknownSince(NOW);
    }

    /** An instance of another client has a format that lms ps cannot list. */
    Situations unlistableSince(Instant time) {
        return loaded(new Reading.Unknown<List<Instance>>(
                new DomainFailure(DomainFailure.Kind.UNLISTABLE_INSTANCE, "an odd format"), NOW, time));
    }

    /** The list of models has not changed since that time. */
    Situations downloadsSince(Instant time, DownloadedModel... models) {
        return downloaded(new Reading.Known<>(List.of(models), NOW, time));
    }

    Situations lmStudioUnknownSince(Instant time) {
        return loaded(new Reading.Unknown<List<Instance>>(unreachable(), NOW, time));
    }

    Situations downloadsUnknown() {
        return downloaded(new Reading.Unknown<List<DownloadedModel>>(unreachable(), NOW));
    }

    /** Every observation of the last day lists exactly these models. */
    Situations downloads(DownloadedModel... models) {
        return downloadsSince(NOW.minus(Duration.ofDays(1)), models);
    }

    Situations apiLists(Instant time, ServedInstance... instances) {
        return served(new Reading.Known<>(new ApiModelList(Set.of(instances), Set.of(KEY)), time));
    }

    Situations apiUnknown() {
        return apiUnknownSince(NOW);
    }

    Situations apiUnknownSince(Instant time) {
        return served(new Reading.Unknown<ApiModelList>(unreachable(), NOW, time));
    }

    // History

    Situations begun(@Nullable String revision) {
        return history("begunRevision", revision);
    }

    /** The load of this revision succeeded. */
    Situations done(@Nullable String revision) {
        return history("loadedRevision", revision);
    }

    /** The load began, and its end is unknown. */
    Situations interrupted() {
        return begun(situation.desired().loadRevision()).history("isLoadInterrupted", true);
    }

    Situations interruptedLoadOf(String somebody) {
        return surroundings("interruptedLoadOf", somebody);
    }

    Situations recorded(History.@Nullable Recorded recorded) {
        return history("recorded", recorded);
    }

    Situations adopted() {
        return recorded(recordedAt(null));
    }

    Situations differsSince(Instant time) {
        return history("episodeBeganAt", time);
    }

    Situations drainsSince(@Nullable Instant time) {
        return history("drainBeganAt", time);
    }

    Situations observedGeneration(long generation) {
        return history("observedGeneration", generation);
    }

    Situations failure(Reason reason, Instant at, @Nullable Instant retryAt) {
        return history("failure", new Failure(reason, "It went wrong", at, retryAt));
    }

    Situations running(ModelOperation mutation) {
        return history("running", mutation);
    }

    Situations loading() {
        return running(new ModelOperation.Load(
                situation.desired().loadRequest(onDisk(situation.desired().modelKey(), null), true),
                situation.desired().loadRevision()));
    }

    Situations downloading(String source, @Nullable DownloadProgress progress) {
        return history("download", new Download(source, progress));
    }

    Situations probing() {
        return history("isProbing", true);
    }

    Situations passed(Instant time) {
        return checked(VerificationResult.PASSED, Reason.VERIFIED, time, 0);
    }

    Situations failed(Instant time, int timesInARow) {
        return checked(VerificationResult.FAILED, Reason.VERIFICATION_FAILED, time, timesInARow);
    }

    Situations unclear(Instant time) {
        return checked(VerificationResult.UNKNOWN, Reason.SERVER_NOT_RUNNING, time, 0);
    }

    private Situations checked(VerificationResult result, Reason reason, Instant time, int timesInARow) {
        return history("lastCheck", check(result, reason, time, timesInARow));
    }

    /** An earlier process wrote this status. */
    Situations toldProof(String message) {
        return history("toldProof", message);
    }

    Situations ownCopies(String... identifiers) {
        return history("ownCopies", Set.of(identifiers));
    }

    Situations renewedAt(Instant time) {
        return renewal(new History.Renewal(time, time, false, false));
    }

    Situations renewal(History.Renewal renewal) {
        return history("renewal", renewal);
    }

    Situations busySince(Instant time) {
        Observation seen = situation.observation();
        return changed(
                "observation",
                new Observation(seen.loaded(), seen.downloaded(), seen.served(), seen.loading(), Map.of(NAME, time)));
    }

    // Other events on the node

    Situations changedAt(Instant time) {
        return surroundings("changedAt", time);
    }

    Situations memoryFreedAt(Instant time) {
        return surroundings("memoryFreedAt", time);
    }

    Situations turnOf(String somebody) {
        return surroundings("turnOf", somebody);
    }

    Situations downloadTurnOf(String somebody) {
        return surroundings("downloadTurnOf", somebody);
    }

    Situations olderClaimant(String claimant) {
        return surroundings("olderClaimant", claimant);
    }

    Situations youngerClaimant(String claimant) {
        return surroundings("youngerClaimant", claimant);
    }

    Situations provenSince(Instant time) {
        return surroundings("provenSince", time);
    }

    Situations leaseOverdue(boolean isOverdue) {
        return surroundings("isLeaseOverdue", isOverdue);
    }

    /** The wall clock of the machine was set while the agent ran. */
    Situations wallSetAt(Instant time) {
        return surroundings("wallSetAt", time);
    }

    Situations wallOffset(Duration offset) {
        return surroundings("wallOffset", offset);
    }

    // Objects of LM Studio

    static Instance instance() {
        return new Instance(
                NAME,
                KEY,
                ModelType.LLM,
                TTL,
                null,
                CONTEXT,
                4,
                Activity.IDLE,
                0,
                5_000_000_000L,
                null,
                null,
                null,
                null);
    }

    static History.Recorded recordedAt(@Nullable Instant loadedAt) {
        return new History.Recorded(KEY, CONTEXT, TTL, loadedAt);
    }

    static VerificationOutcome check(VerificationResult result, Reason reason, Instant time, int timesInARow) {
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

    static DownloadedModel onDisk(String key, @Nullable String device) {
        return new DownloadedModel(
                key, ModelType.LLM, "path/of/" + key, 5_000_000_000L, device, "gguf", "qwen3", 40_960);
    }

    static ModelOperation.Unload unload() {
        return new ModelOperation.Unload(NAME);
    }

    static UnaryOperator<Instance> identifier(String identifier) {
        return i -> copy(i, "identifier", identifier);
    }

    static UnaryOperator<Instance> ofModel(String key) {
        return i -> copy(i, "modelKey", key);
    }

    static UnaryOperator<Instance> ofType(ModelType type, @Nullable Integer parallel) {
        return i -> copy(copy(i, "type", type), "parallel", parallel);
    }

    static UnaryOperator<Instance> ttlOf(@Nullable Duration ttl) {
        return i -> copy(i, "ttl", ttl);
    }

    static UnaryOperator<Instance> usedAt(@Nullable Instant time) {
        return i -> copy(i, "lastUsedAt", time);
    }

    static UnaryOperator<Instance> context(int tokens) {
        return i -> copy(i, "contextLength", tokens);
    }

    static UnaryOperator<Instance> busy() {
        return i -> copy(i, "activity", Activity.GENERATING);
    }

    static UnaryOperator<Instance> onDevice(String device) {
        return i -> copy(i, "deviceIdentifier", device);
    }

    private static InfrastructureFailure unreachable() {
        return new InfrastructureFailure(InfrastructureFailure.Kind.UNREACHABLE, "no answer");
    }

    /** An instance with the desired settings. */
    Instance wanted() {
        Desired desired = situation.desired();
        Integer contextLength = desired.load().contextTokens(40_960);
        Integer parallel = desired.load().parallel();
        Instance instance = copy(ofModel(desired.modelKey()).apply(instance()), "ttl", desired.ttl());
        return copy(
                copy(instance, "contextLength", contextLength == null ? CONTEXT : contextLength),
                "parallel",
                parallel == null ? 4 : parallel);
    }

    /** Record of the current instance, loaded by the agent one minute ago. */
    History.Recorded recordedNow() {
        Instance instance = situation.instance().orElseGet(Situations::instance);
        return new History.Recorded(instance.modelKey(), instance.contextLength(), instance.ttl(), ago(60));
    }

    // Single changes

    Situations desired(String component, @Nullable Object value) {
        return changed("desired", copy(situation.desired(), component, value));
    }

    private Situations loaded(Reading<List<Instance>> reading) {
        Observation seen = situation.observation();
        return changed("observation", new Observation(reading, seen.downloaded(), seen.served()));
    }

    Situations downloaded(Reading<List<DownloadedModel>> reading) {
        Observation seen = situation.observation();
        return changed("observation", new Observation(seen.loaded(), reading, seen.served()));
    }

    private Situations served(Reading<ApiModelList> reading) {
        Observation seen = situation.observation();
        return changed("observation", new Observation(seen.loaded(), seen.downloaded(), reading));
    }

    Situations history(String component, @Nullable Object value) {
        return changed("history", copy(situation.history(), component, value));
    }

    Situations surroundings(String component, @Nullable Object value) {
        return changed("surroundings", copy(situation.surroundings(), component, value));
    }

    Situations at(Instant now) {
        return changed("now", now);
    }

    private Situations changed(String component, Object value) {
        return new Situations(copy(situation, component, value));
    }

    private List<Instance> loadedList() {
        return situation.observation().loaded() instanceof Reading.Known<List<Instance>> known
                ? known.value()
                : List.of();
    }
}
