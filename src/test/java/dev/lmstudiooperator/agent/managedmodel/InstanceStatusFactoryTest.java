package dev.lmstudiooperator.agent.managedmodel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.agent.plan.Action;
import dev.lmstudiooperator.agent.plan.ConditionSummary;
import dev.lmstudiooperator.agent.plan.ConditionSummary.Progress;
import dev.lmstudiooperator.agent.plan.Decision;
import dev.lmstudiooperator.agent.plan.Desired;
import dev.lmstudiooperator.agent.plan.History;
import dev.lmstudiooperator.agent.plan.NodeContext;
import dev.lmstudiooperator.agent.plan.PlanInput;
import dev.lmstudiooperator.api.v1alpha1.ConditionStatus;
import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus.InstanceStatus;
import dev.lmstudiooperator.api.v1alpha1.Reason;
import dev.lmstudiooperator.lmstudio.ApiModelList;
import dev.lmstudiooperator.lmstudio.DownloadedModel.ModelType;
import dev.lmstudiooperator.lmstudio.Instance;
import dev.lmstudiooperator.lmstudio.Instance.Activity;
import dev.lmstudiooperator.lmstudio.Observation;
import dev.lmstudiooperator.lmstudio.Reading;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Tests the expiry time of the instance in the status. */
class InstanceStatusFactoryTest {

    private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");
    private static final Duration TTL = Duration.ofMinutes(10);
    private static final Instant LOADED = NOW.minusSeconds(60);

    @Test
    void temporaryModelExpiresOneTtlAfterItsLoad() {
        assertThat(expiresTime("Temporary", idle(null), null)).isEqualTo("2026-01-01T12:09:00Z");
    }

    @Test
    void whatIsRenewedHasNoTimeToExpire() {
        assertThat(expiresTime("KeepLoaded", idle(null), null)).isNull();
    }

    @Test
    void requestMovesItWhenThatMakesADifference() {
        assertThat(expiresTime("Temporary", idle(NOW), "2026-01-01T12:09:00Z")).isEqualTo("2026-01-01T12:09:00Z");
        assertThat(expiresTime("Temporary", idle(NOW), "2026-01-01T12:05:00Z")).isEqualTo("2026-01-01T12:05:00Z");
        assertThat(expiresTime("Temporary", idle(NOW), "2026-01-01T12:04:59Z")).isEqualTo("2026-01-01T12:10:00Z");
    }

    @Test
    void busyInstanceIsNotIdleYet() {
        Instance busy = instance(null, Activity.GENERATING);

        assertThat(expiresTime("Temporary", busy, null)).isEqualTo("2026-01-01T12:10:00Z");
    }

    private static @Nullable String expiresTime(String retention, Instance instance, @Nullable String before) {
        Desired desired = Desired.of(Serialization.unmarshal("""
                metadata: {namespace: team, name: chat, generation: 1}
                spec: {model: qwen, retention: %s}
                """.formatted(retention), ManagedModel.class));
        Observation observation = new Observation(
                new Reading.Known<>(List.of(instance), NOW),
                new Reading.Known<>(List.of(), NOW),
                new Reading.Known<>(new ApiModelList(Set.of(), Set.of()), NOW));
        History history = new History(
                1,
                null,
                null,
                false,
                new History.Recorded("qwen", 4096, TTL, LOADED),
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
                desired,
                observation,
                history,
                new NodeContext(
                        NOW, Instant.EPOCH, null, null, null, null, null, Instant.EPOCH, false, Duration.ZERO, null),
                NOW);
        InstanceStatus described =
                new InstanceStatus("chat", "qwen", 5L, 4096, null, null, null, 600L, null, before, false);
        ManagedModelStatus status =
                new ManagedModelStatus(1L, null, null, null, null, described, null, null, null, null, null, null, null);
        ConditionSummary summary = new ConditionSummary(
                ConditionStatus.TRUE, ConditionStatus.TRUE, Progress.SETTLED, Reason.VERIFIED, "It is served");
        Decision decision = new Decision(new Action.Wait(), summary, Optional.empty(), null, false);
        return InstanceStatusFactory.of(new ManagedModelSyncer.Result(status, input, decision, 1, false, false, false))
                .orElseThrow()
                .expiresTime();
    }

    private static Instance idle(@Nullable Instant lastUsedAt) {
        return instance(lastUsedAt, Activity.IDLE);
    }

    private static Instance instance(@Nullable Instant lastUsedAt, Activity activity) {
        return new Instance(
                "chat", "qwen", ModelType.LLM, TTL, lastUsedAt, 4096, 4, activity, 0, 5L, null, null, null, null);
    }
}
