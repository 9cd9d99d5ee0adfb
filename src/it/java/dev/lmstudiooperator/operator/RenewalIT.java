package dev.lmstudiooperator.operator;

import static dev.lmstudiooperator.controlplane.Eventually.eventually;
import static dev.lmstudiooperator.operator.ModelSpecs.LLAMA_WITH_SHORT_TTL;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.api.v1alpha1.LMStudioNode;
import dev.lmstudiooperator.simulator.Fault;
import io.fabric8.kubernetes.api.model.Condition;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The agent renews a kept model by a request to the HTTP API, independently of {@code lms}. */
@OperatorTest({"LMSTUDIO_OPERATOR_LMS_READ_TIMEOUT=3s", "LMSTUDIO_OPERATOR_OBSERVER_RESYNC_INTERVAL=10m"})
class RenewalIT {

    private static final Duration READ_TIMEOUT = Duration.ofSeconds(3);

    private final OperatorFixture fixture;

    RenewalIT(OperatorFixture fixture) {
        this.fixture = fixture;
    }

    /** Seven renewals take at least three times the TTL. */
    @Test
    void keptModelOutlivesThreeTtlsWhilePsHangs() {
        fixture.applyAndAwaitLoad("kept", LLAMA_WITH_SHORT_TTL);
        fixture.lmStudio().fault(Fault.on("ps", "hang"));
        // The agent notices a change through the HTTP API, and calls {@code lms ps}.
        fixture.lmStudio().placeInstance("qwen3-4b", "theirs");
        fixture.lmStudio().awaitHanging("ps");

        awaitRenewals("kept", 7, Duration.ofSeconds(115));

        assertThat(fixture.lmStudio().identifiers()).contains("kept");
        assertThat(fixture.journal().effects()).noneMatch(effect -> effect.startsWith("expired"));
        assertThat(fixture.journal().loadsOf("kept")).containsExactly("loaded");
    }

    @Test
    void renewalTakesNoProcess() {
        fixture.apply("kept", LLAMA_WITH_SHORT_TTL);
        fixture.apply("beside", LLAMA_WITH_SHORT_TTL);
        fixture.awaitReadyAfterLoads("kept", 1);
        fixture.awaitReadyAfterLoads("beside", 1);
        awaitRenewals("kept", 1, Duration.ofSeconds(30));
        awaitRenewals("beside", 1, Duration.ofSeconds(30));
        int calls = fixture.journal().calls().size();

        awaitRenewals("kept", 3, Duration.ofSeconds(60));
        awaitRenewals("beside", 3, Duration.ofSeconds(60));

        assertThat(fixture.journal().calls()).hasSize(calls);
        assertThat(AppliedModels.reason(fixture.awaitReady("kept"))).isEqualTo("Verified");
    }

    @Test
    void psThatHangsIsReportedOnTheNodeAfterOneReadTimeout() {
        fixture.awaitNode("is reachable", node -> "Reachable".equals(ReportedNodes.reason(node)));
        fixture.lmStudio().fault(Fault.on("ps", "hang"));
        fixture.lmStudio().placeInstance("qwen3-4b", "others");
        fixture.lmStudio().awaitHanging("ps");

        LMStudioNode reported = eventually(
                "the node reports it",
                READ_TIMEOUT.plusSeconds(3),
                () -> fixture.node().require(),
                node -> "TimedOut".equals(ReportedNodes.reason(node)));
        Condition ready = ReportedNodes.ready(reported).orElseThrow();

        assertThat(ready.getStatus()).isEqualTo("False");
        assertThat(ready.getMessage()).contains("lms ps", "3 s");
    }

    private void awaitRenewals(String name, int more, Duration patience) {
        long before = fixture.journal().answersBy(name);
        eventually(
                "%s is renewed".formatted(name),
                patience,
                () -> fixture.journal().answersBy(name),
                now -> now >= before + more);
    }
}
