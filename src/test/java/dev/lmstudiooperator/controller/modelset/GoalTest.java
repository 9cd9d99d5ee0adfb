package dev.lmstudiooperator.controller.modelset;

import static dev.lmstudiooperator.controller.modelset.Sets.everyNode;
import static dev.lmstudiooperator.controller.modelset.Sets.goal;
import static dev.lmstudiooperator.controller.modelset.Sets.with;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.api.v1alpha1.ManagedModelSet;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests the defaults of the spec, and the limits of a rollout. */
class GoalTest {

    @Test
    void absentFieldsHaveTheirDefaults() {
        ManagedModelSet set = Serialization.unmarshal("spec: {template: {spec: {model: qwen}}}", ManagedModelSet.class);

        assertThat(Goal.of("chat", "uid-1", set.getSpec())).isEqualTo(goal(1));
    }

    @Test
    void fieldsOfTheSpecAreRead() {
        ManagedModelSet set = Serialization.unmarshal("""
                spec:
                  everyNode: true
                  minReadySeconds: 5
                  progressDeadlineSeconds: 7
                  replaceAfterSeconds: 60
                  updateStrategy: {type: OnDelete, maxUnavailable: 10%}
                  template: {spec: {model: qwen}}
                """, ManagedModelSet.class);

        Goal goal = Goal.of("chat", "uid-1", set.getSpec());

        assertThat(goal.isEveryNode()).isTrue();
        assertThat(goal.isRolledOut()).isFalse();
        assertThat(goal.minReady()).isEqualTo(Duration.ofSeconds(5));
        assertThat(goal.progressDeadline()).isEqualTo(Duration.ofSeconds(7));
        assertThat(goal.replaceAfter()).isEqualTo(Duration.ofMinutes(1));
        assertThat(goal.unavailableOf(20)).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource({
        "2, 1, 5, 2, 1",
        "25%, 25%, 5, 1, 2",
        "25%, 0, 3, 1, 0",
        "25%, 1%, 3, 0, 1",
        "0, 50%, 5, 0, 3",
        "100%, 100%, 5, 5, 5",
        "99%, 0, 100, 99, 0",
        "1, 1, 0, 1, 0"
    })
    void percentagesOfUnavailableRoundDownAndThoseOfTheSurgeUp(
            String maxUnavailable, String maxSurge, int desired, int unavailable, int surge) {
        Goal goal = with(goal(desired), maxUnavailable, maxSurge);

        assertThat(goal.unavailableOf(desired)).isEqualTo(unavailable);
        assertThat(goal.surgeOf(desired)).isEqualTo(surge);
    }

    @Test
    void everyNodeHasNoSurge() {
        assertThat(with(everyNode(), "1", "5").surgeOf(3)).isZero();
    }
}
