package dev.lmstudiooperator.controller.endpointslice;

import static dev.lmstudiooperator.controller.endpointslice.Samples.available;
import static dev.lmstudiooperator.controller.endpointslice.Samples.model;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.api.v1alpha1.ConditionStatus;
import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelSpec;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus;
import dev.lmstudiooperator.api.v1alpha1.Reason;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ModelChangeTest {

    @Test
    void availabilityNodeLabelsAndDeletionAreRelevant() {
        ManagedModel before = available("a", "gpu-1");
        ManagedModel labelled = available("a", "gpu-1");
        labelled.getMetadata().setLabels(Map.of("app", "other"));
        ManagedModel deleted = available("a", "gpu-1");
        deleted.getMetadata().setDeletionTimestamp("2026-06-01T12:00:00Z");
        ManagedModel again = available("a", "gpu-1");
        again.getMetadata().setUid("another");

        ManagedModel fresh = available("a", "gpu-1");
        fresh.setStatus(null);
        ManagedModel renamed = available("a", "gpu-1");
        renamed.setSpec(
                new ManagedModelSpec("qwen3", "talk", null, null, null, null, null, null, null, null, null, null));

        assertThat(ModelChange.isRelevant(null, before)).isTrue();
        assertThat(ModelChange.isRelevant(before, null)).isTrue();
        assertThat(ModelChange.isRelevant(before, available("a", "gpu-2"))).isTrue();
        assertThat(ModelChange.isRelevant(before, model("a", "gpu-1", ConditionStatus.FALSE, Reason.DRAINING)))
                .isTrue();
        assertThat(ModelChange.isRelevant(before, labelled)).isTrue();
        assertThat(ModelChange.isRelevant(before, deleted)).isTrue();
        assertThat(ModelChange.isRelevant(before, again)).isTrue();
        assertThat(ModelChange.isRelevant(fresh, before)).isTrue();
        assertThat(ModelChange.isRelevant(before, renamed)).isTrue();
    }

    @Test
    void otherChangesOfTheStatusAreNotRelevant() {
        ManagedModel before = available("a", "gpu-1");
        ManagedModel after = available("a", "gpu-1");
        after.getMetadata().setResourceVersion("2");
        after.setStatus(new ManagedModelStatus(
                2L,
                ManagedModelStatus.Phase.READY,
                "gpu-1",
                "revision",
                null,
                null,
                null,
                null,
                null,
                3,
                null,
                null,
                before.getStatus().conditions()));

        assertThat(ModelChange.isRelevant(before, after)).isFalse();
    }
}
