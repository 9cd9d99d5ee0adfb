package dev.lmstudiooperator.agent.managedmodel;

import static dev.lmstudiooperator.Copies.copy;
import static dev.lmstudiooperator.lmstudio.InstanceBuilder.anInstance;
import static dev.lmstudiooperator.lmstudio.ObservationBuilder.anObservation;

import dev.lmstudiooperator.agent.plan.Action;
import dev.lmstudiooperator.agent.plan.ConditionSummary;
import dev.lmstudiooperator.agent.plan.Decision;
import dev.lmstudiooperator.agent.plan.Desired;
import dev.lmstudiooperator.agent.plan.Failure;
import dev.lmstudiooperator.agent.plan.History;
import dev.lmstudiooperator.agent.plan.PlanInput;
import dev.lmstudiooperator.agent.plan.PlanInputs;
import dev.lmstudiooperator.api.v1alpha1.ConditionStatus;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus;
import dev.lmstudiooperator.api.v1alpha1.ManagedModels;
import dev.lmstudiooperator.api.v1alpha1.Reason;
import dev.lmstudiooperator.lmstudio.Instance;
import dev.lmstudiooperator.lmstudio.Observation;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Builds results of reconciliations for tests of the status and of the events. {@link #aResult} is of an instance that
 * the agent loaded one minute ago, of an empty status, and of a plan to wait.
 */
record SyncResultBuilder(ManagedModelSyncer.Result build) {

    static final Instant NOW = PlanInputs.NOW;
    static final Duration TTL = Duration.ofMinutes(10);
    static final Instant LOADED_AT = NOW.minusSeconds(60);
    static final Instance CHAT = anInstance("chat", "qwen").ttl(TTL).build();

    /** The result for the ManagedModel of {@link ManagedModels#chat} with more fields of the spec as YAML. */
    static SyncResultBuilder aResult(String... spec) {
        PlanInput input = PlanInputs.of(
                        Desired.of(ManagedModels.chat(spec)),
                        anObservation(NOW).loaded(CHAT).build())
                .recorded(recorded(LOADED_AT))
                .input();
        Decision decision = Decision.underWay(ConditionStatus.FALSE, Reason.LOADING, "It is so");
        return new SyncResultBuilder(
                new ManagedModelSyncer.Result(ManagedModelStatus.UNOBSERVED, input, decision, 1, false, false, false));
    }

    /** The record of the instance. Without a time, the agent adopted it. */
    static History.Recorded recorded(@Nullable Instant loadedAt) {
        return new History.Recorded("qwen", 4096, TTL, loadedAt);
    }

    SyncResultBuilder before(ManagedModelStatus status) {
        return with("before", status);
    }

    SyncResultBuilder before(String component, @Nullable Object value) {
        return before(copy(build.before(), component, value));
    }

    SyncResultBuilder observed(Observation observation) {
        return input("observation", observation);
    }

    SyncResultBuilder desired(String component, Object value) {
        return input("desired", copy(build.input().desired(), component, value));
    }

    SyncResultBuilder history(String component, @Nullable Object value) {
        return input("history", copy(build.input().history(), component, value));
    }

    SyncResultBuilder nodeContext(String component, Object value) {
        return input("nodeContext", copy(build.input().nodeContext(), component, value));
    }

    SyncResultBuilder at(Instant now) {
        return input("now", now);
    }

    SyncResultBuilder decision(Decision decision) {
        return with("decision", decision);
    }

    SyncResultBuilder action(Action action) {
        return with("decision", build.decision().doing(action));
    }

    SyncResultBuilder summary(ConditionSummary summary) {
        return with("decision", build.decision().withSummary(summary));
    }

    /** The plan found a failure. */
    SyncResultBuilder found(Failure failure) {
        return with("decision", build.decision().remembering(failure));
    }

    /** A load has succeeded since the last status. */
    SyncResultBuilder hasLoaded() {
        return with("hasLoaded", true);
    }

    /** An operation has ended since the last status. */
    SyncResultBuilder hasResult() {
        return with("hasResult", true);
    }

    /** The agent has unloaded the instance since the last status. */
    SyncResultBuilder hasUnloaded() {
        return with("hasUnloaded", true);
    }

    ManagedModelStatus status() {
        return StatusFactory.status(build);
    }

    private SyncResultBuilder input(String component, Object value) {
        return with("input", copy(build.input(), component, value));
    }

    private SyncResultBuilder with(String component, Object value) {
        return new SyncResultBuilder(copy(build, component, value));
    }
}
