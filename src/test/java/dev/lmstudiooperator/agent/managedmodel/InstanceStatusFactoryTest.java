package dev.lmstudiooperator.agent.managedmodel;

import static dev.lmstudiooperator.agent.managedmodel.SyncResultBuilder.NOW;
import static dev.lmstudiooperator.agent.managedmodel.SyncResultBuilder.TTL;
import static dev.lmstudiooperator.agent.managedmodel.SyncResultBuilder.aResult;
import static dev.lmstudiooperator.lmstudio.InstanceBuilder.anInstance;
import static dev.lmstudiooperator.lmstudio.ObservationBuilder.anObservation;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus.InstanceStatus;
import dev.lmstudiooperator.lmstudio.Instance;
import dev.lmstudiooperator.lmstudio.Instance.Activity;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Tests the expiry time of the instance in the status. */
class InstanceStatusFactoryTest {

    @Test
    void temporaryModelExpiresOneTtlAfterItsLoad() {
        assertThat(expiresTime("Temporary", idle(null), null)).isEqualTo("2026-01-01T12:09:00Z");
    }

    @Test
    void renewedInstanceHasNoExpiryTime() {
        assertThat(expiresTime("KeepLoaded", idle(null), null)).isNull();
    }

    @Test
    void requestChangesTheExpiryTimeOnlyIfItDiffersMuch() {
        assertThat(expiresTime("Temporary", idle(NOW), "2026-01-01T12:09:00Z")).isEqualTo("2026-01-01T12:09:00Z");
        assertThat(expiresTime("Temporary", idle(NOW), "2026-01-01T12:05:00Z")).isEqualTo("2026-01-01T12:05:00Z");
        assertThat(expiresTime("Temporary", idle(NOW), "2026-01-01T12:04:59Z")).isEqualTo("2026-01-01T12:10:00Z");
    }

    @Test
    void busyInstanceExpiresOneTtlAfterTheObservation() {
        Instance busy = instance(null, Activity.GENERATING);

        assertThat(expiresTime("Temporary", busy, null)).isEqualTo("2026-01-01T12:10:00Z");
    }

    private static @Nullable String expiresTime(String retention, Instance instance, @Nullable String before) {
        InstanceStatus described =
                new InstanceStatus("chat", "qwen", 5L, 4096, null, null, null, 600L, null, before, false);
        ManagedModelSyncer.Result result = aResult("retention: " + retention)
                .observed(anObservation(NOW).loaded(instance).build())
                .before("instance", described)
                .build();
        return InstanceStatusFactory.of(result).orElseThrow().expiresTime();
    }

    private static Instance idle(@Nullable Instant lastUsedAt) {
        return instance(lastUsedAt, Activity.IDLE);
    }

    private static Instance instance(@Nullable Instant lastUsedAt, Activity activity) {
        return anInstance("chat", "qwen")
                .ttl(TTL)
                .usedAt(lastUsedAt)
                .activity(activity)
                .build();
    }
}
