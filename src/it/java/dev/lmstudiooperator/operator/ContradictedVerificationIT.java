package dev.lmstudiooperator.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.api.v1alpha1.VerificationResult;
import dev.lmstudiooperator.scenarios.Category;
import dev.lmstudiooperator.scenarios.FailureScenario;
import dev.lmstudiooperator.simulator.Fault;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * After a successful verification only the HTTP API contradicts it: {@code lms ps} still lists the instance as requested.
 */
@OperatorTest
class ContradictedVerificationIT {

    private static final String KEY = "llama-3.2-1b-instruct";
    private static final String LIST = "http:/api/v1/models";

    /** The next periodic check is an hour away. Only the list of the HTTP API triggers it earlier. */
    private static final String CHECKED_HOURLY =
            "model: " + KEY + ", verification: {settleSeconds: 0, periodSeconds: 3600}";

    private static final String CHECKED_OFTEN =
            "model: " + KEY + ", verification: {settleSeconds: 0, periodSeconds: 5, failureThreshold: 100}";

    private final OperatorFixture fixture;

    ContradictedVerificationIT(OperatorFixture fixture) {
        this.fixture = fixture;
    }

    @Test
    @FailureScenario(Category.NETWORK_AND_TIMEOUTS)
    void modelThatTheHttpApiNoLongerListsIsImmediatelyNotReady() {
        fixture.applyAndAwaitLoad("vanished", CHECKED_HOURLY);

        fixture.lmStudio().fault(Fault.on(LIST, "incomplete").with("without", List.of(KEY)));

        ManagedModel contradicted = fixture.awaitReason("vanished", "VerificationFailed");
        assertIsContradicted(contradicted, "does not list vanished");
        becomesReadyWithoutALoad("vanished");
    }

    /** The poll does not report such a change between two checks. */
    @Test
    @FailureScenario(Category.NETWORK_AND_TIMEOUTS)
    void modelThatTheHttpApiListsWithOtherSettingsIsNotReadyWithinItsPeriod() {
        fixture.applyAndAwaitLoad("shrunk", CHECKED_OFTEN);

        fixture.lmStudio().fault(Fault.on(LIST, "output").with("body", """
                {"models": [{"key": "%s", "loaded_instances": [{"id": "shrunk", "config": {"context_length": 17}}]}]}
                """.formatted(KEY)));

        ManagedModel contradicted = fixture.awaitReason("shrunk", "VerificationFailed");
        assertIsContradicted(contradicted, "with another context length, 17");
        becomesReadyWithoutALoad("shrunk");
    }

    private static void assertIsContradicted(ManagedModel model, String why) {
        assertThat(AppliedModels.condition(model, "Ready")).isEqualTo("False");
        assertThat(AppliedModels.condition(model, "Available")).isEqualTo("False");
        assertThat(AppliedModels.message(model)).contains(why);
        assertThat(AppliedModels.verification(model).result()).isEqualTo(VerificationResult.FAILED);
        assertThat(AppliedModels.verification(model).api()).contains(why);
        assertThat(AppliedModels.verification(model).cli()).contains("lms ps lists");
    }

    private void becomesReadyWithoutALoad(String name) {
        fixture.lmStudio().revokeFaults();
        fixture.awaitReadyAfterLoads(name, 1);
        assertThat(fixture.journal().loadsOf(name)).containsExactly("loaded");
        assertThat(fixture.journal().calls("unload")).isEmpty();
    }
}
