package dev.lmstudiooperator.operator;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The agent does not unload a copy that another client loaded, even if it looks like its own load. */
@OperatorTest("LMSTUDIO_OPERATOR_OBSERVER_RESYNC_INTERVAL=1s")
class SecondCopyIT {

    /** The identifier equals the key of the model, as in a manual load. */
    private static final String QWEN =
            "model: qwen3-4b, ttlSeconds: 600, verification: {settleSeconds: 0, periodSeconds: 5}";

    private static final Duration LOAD_TIME = Duration.ofMinutes(5);

    private final OperatorFixture fixture;

    SecondCopyIT(OperatorFixture fixture) {
        this.fixture = fixture;
    }

    @Test
    void copyThatAUserLoadsStays() {
        fixture.applyAndAwaitReady("qwen3-4b", QWEN);

        assertThat(fixture.lmStudio()
                        .lms("load", "qwen3-4b", "--yes", "--ttl", "600")
                        .exit())
                .isZero();

        staysAlone();
        forgetLoadByHand();
    }

    @Test
    void copyThatAnotherClientLoadsDuringOurLoadStays() {
        givenACopyDuringOurLoad();
        fixture.lmStudio().advanceClock(LOAD_TIME);
        fixture.awaitReady("qwen3-4b");

        staysAlone();
    }

    @Test
    void copyStaysWhenTheAgentIsKilledDuringItsLoad() {
        givenACopyDuringOurLoad();
        fixture.restartOperatorAfter(() -> fixture.lmStudio().setLoadTime(Duration.ZERO));
        fixture.awaitReady("qwen3-4b");

        staysAlone();
    }

    private void givenACopyDuringOurLoad() {
        fixture.lmStudio().setLoadTime(LOAD_TIME);
        fixture.apply("qwen3-4b", QWEN);
        fixture.lmStudio().awaitLoading();
        fixture.lmStudio().placeInstance("qwen3-4b", "qwen3-4b:2", Duration.ofMinutes(10));
    }

    private void staysAlone() {
        fixture.lmStudio().awaitCalls("ps", 5);
        assertThat(fixture.lmStudio().identifiers()).containsExactlyInAnyOrder("qwen3-4b", "qwen3-4b:2");
        assertThat(fixture.journal().calls("unload")).isEmpty();
        assertThat(fixture.eventsOf("qwen3-4b")).doesNotContain("Duplicated");
        assertThat(AppliedModels.reason(fixture.resource("qwen3-4b").require())).isEqualTo("Verified");
    }

    /** The checks after each test must cover only the calls of the agent. */
    private void forgetLoadByHand() {
        fixture.deleteAndAwaitGone("qwen3-4b");
        fixture.lmStudio().reset();
    }
}
