package dev.lmstudiooperator.operator;

import static dev.lmstudiooperator.controlplane.Eventually.eventually;
import static dev.lmstudiooperator.operator.ModelSpecs.QWEN_VERIFIED_OFTEN;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.controlplane.ControlPlane;
import dev.lmstudiooperator.controlplane.TestNamespace;
import dev.lmstudiooperator.controlplane.WithControlPlane;
import dev.lmstudiooperator.simulator.Fault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An LM Studio that completes an abandoned load without reporting it. The agent therefore loads the model twice. */
@WithControlPlane
class LateLoadIT {

    private static final Duration LOAD_TIME = Duration.ofMinutes(5);

    private OperatorFixture fixture;

    @BeforeEach
    void start(ControlPlane controlPlane, TestNamespace namespace, @TempDir Path directory) {
        fixture = OperatorFixture.start(
                controlPlane,
                namespace.name(),
                directory,
                Map.of(
                        "LMSTUDIO_OPERATOR_LMS_LOAD_TIMEOUT",
                        "2s",
                        "LMSTUDIO_OPERATOR_LMS_TERMINATION_GRACE_PERIOD",
                        "200ms"));
        fixture.operator().awaitReady();
        fixture.lmStudio().set("v0", false);
        fixture.lmStudio().set("lateLoad", true);
        fixture.lmStudio().set("reserveIdentifier", false);
        fixture.lmStudio().setLoadTime(LOAD_TIME);
        // Only a call that is killed leaves its load running.
        fixture.lmStudio().fault(Fault.on("load", "ignoreInt"));
        fixture.lmStudio().fault(Fault.on("load", "ignoreTerm"));
    }

    @AfterEach
    void stop() {
        fixture.models().deleteAll();
        fixture.close();
    }

    @Test
    void onlyTheSecondCopyThatAnAbandonedLoadLeftBehindIsUnloaded() {
        fixture.lmStudio().placeInstance("qwen3-4b", "chat:7", Duration.ofMinutes(10));
        fixture.apply("chat", QWEN_VERIFIED_OFTEN);
        eventually("the load was repeated", () -> fixture.lmStudio().loading(), loads -> loads.size() == 2);

        fixture.lmStudio().setLoadTime(Duration.ZERO);
        fixture.lmStudio().advanceClock(LOAD_TIME);

        fixture.awaitReady("chat");
        eventually(
                "the copy is gone",
                fixture.lmStudio()::identifiers,
                loaded -> loaded.size() == 2 && loaded.containsAll(List.of("chat", "chat:7")));
        assertThat(fixture.journal().calls("unload")).singleElement().satisfies(call -> assertThat(call.argv())
                .contains("chat:2"));
        fixture.awaitEvent("chat", "Duplicated");
    }
}
