package dev.lmstudiooperator.faultinjection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.controlplane.ControlPlane;
import dev.lmstudiooperator.controlplane.WithControlPlane;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The bounded fault-injection suite of controllers. */
@WithControlPlane
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ControllerFaultInjectionIT {

    private static final long SEED = 20261130;

    private final FaultInjectionSuite suite;

    ControllerFaultInjectionIT(ControlPlane controlPlane) {
        this.suite = new FaultInjectionSuite(
                ControllerTestBed.create(controlPlane),
                new FaultInjectionReport(Path.of("target", "fault-injection", "bounded-controller.json")));
    }

    @AfterAll
    void close() {
        suite.close();
    }

    @ParameterizedTest
    @EnumSource(names = {"SET_BEHIND_SERVICE", "SERVICE_OTHER_SLICES"})
    void planEndsLikeTheBaseline(ControllerScenario scenario) {
        PlanGenerator generator = new PlanGenerator(suite.baseline(scenario));

        List<Outcome> outcomes = Stream.of(
                        generator.some(FaultType.crashes(), SEED, 1),
                        generator.some(List.of(FaultType.TAKEOVER), SEED, 1),
                        generator.some(FaultType.nonCrashes(), SEED, 1))
                .flatMap(generated -> generated)
                .map(suite::run)
                .toList();

        assertThat(outcomes).hasSize(3).allSatisfy(outcome -> assertThat(outcome.isGood())
                .as(outcome.description())
                .isTrue());
    }

    /** After this write fails, no event triggers another one. */
    @ParameterizedTest
    @ValueSource(strings = {"set_scale faults=conflict-409@1", "service_delete faults=reset@3"})
    void failedWriteIsRepeated(String plan) {
        Outcome outcome = suite.run(Plan.parse("scenario=%s seed=0".formatted(plan)));

        assertThat(outcome.isGood()).as(outcome.description()).isTrue();
    }
}
