package dev.lmstudiooperator.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.agent.plan.ConditionSummary;
import dev.lmstudiooperator.api.v1alpha1.ConditionStatus;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelSpec;
import dev.lmstudiooperator.api.v1alpha1.Reason;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests a node whose agent cannot renew its Lease for a while. The API server may still accept other requests. */
class LostLeaseTest {

    private static final ResourceID KEPT = new ResourceID("kept", "team");
    private static final Duration LONG = Duration.ofMinutes(30);
    private static final Duration AFTER_A_WHILE = Duration.ofMinutes(20);

    private final SimulatedNode node = new SimulatedNode(20, LmStudioInMemory.Whim.NONE, false);

    @BeforeEach
    void givenAModelWithAShortTtlThatIsServed() {
        node.create(
                KEPT.getName(),
                Serialization.unmarshal(
                        "model: %s\nttlSeconds: 60".formatted(LmStudioInMemory.SMALL), ManagedModelSpec.class));
        assertThat(node.comesToRestWithin(Duration.ofMinutes(5))).isTrue();
        assertThat(summary().ready()).isEqualTo(ConditionStatus.TRUE);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void modelStaysLoadedAndIsVerifiedAgainAfterwards(boolean isApiServerReachable) {
        node.loseTheLease(LONG, isApiServerReachable);

        node.proceed(AFTER_A_WHILE);

        assertThat(node.instance("kept")).isPresent();
        assertThat(summary().ready()).isEqualTo(ConditionStatus.UNKNOWN);
        assertThat(node.comesToRestWithin(LONG)).isTrue();
        assertThat(summary().ready()).isEqualTo(ConditionStatus.TRUE);
        assertThat(node.loads()).isEqualTo(1);
    }

    @Test
    void nothingIsWrittenToAnApiServerThatDoesNotAnswer() {
        int passes = node.passes();
        node.loseTheLease(LONG, false);

        node.lmStudio().evict("kept");
        node.proceed(AFTER_A_WHILE);

        assertThat(node.passes()).isEqualTo(passes);
        assertThat(node.loads()).isEqualTo(1);
        assertThat(node.comesToRestWithin(LONG)).isTrue();
        assertThat(node.loads()).isEqualTo(2);
    }

    /**
     * The agent refreshes the observation before it unloads, and unloads as soon as the result is known. It does not
     * refresh repeatedly.
     */
    @Test
    void outageCausesNoMoreObservations() {
        node.loseTheLease(LONG, false);
        node.lmStudio().evict("kept");
        node.lmStudio().loadedByOthers("kept", LmStudioInMemory.SMALL, null, LmStudioInMemory.CONTEXT);
        int looks = node.looks();

        node.proceed(AFTER_A_WHILE);

        assertThat(node.looks() - looks).isLessThan(30);
        assertThat(node.loads()).isEqualTo(1);
    }

    @Test
    void deletedModelIsReleasedOnlyWhenTheApiServerIsReachable() {
        node.loseTheLease(LONG, false);
        node.lmStudio().evict("kept");
        node.delete("kept");

        node.proceed(AFTER_A_WHILE);

        assertThat(node.owners()).containsExactly(KEPT);
        node.proceed(LONG);
        assertThat(node.owners()).isEmpty();
    }

    @Test
    void shortOutageRevokesNoVerification() {
        node.loseTheLease(Duration.ofSeconds(30), false);

        node.proceed(Duration.ofSeconds(31));

        assertThat(summary().reason()).isEqualTo(Reason.VERIFIED);
    }

    private ConditionSummary summary() {
        return node.lastDecision(KEPT).orElseThrow().summary();
    }
}
