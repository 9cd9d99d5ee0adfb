package dev.lmstudiooperator.faultinjection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.controlplane.ControlPlane;
import dev.lmstudiooperator.controlplane.WithControlPlane;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The bounded fault-injection suite of agents. With any fault, each scenario ends like its baseline run and violates no invariant.
 */
@WithControlPlane
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FaultInjectionIT {

    private static final long SEED = 20261124;

    private static final int CRASHES = 2;
    private static final int NON_CRASHES = 3;
    private static final int PAIRS = 1;

    /** The number of plans per scenario, including the baseline run. */
    private static final int PLANS_PER_SCENARIO = 1 + CRASHES + NON_CRASHES + PAIRS;

    private final FaultInjectionSuite suite;

    FaultInjectionIT(ControlPlane controlPlane, @TempDir Path directory) {
        this.suite = new FaultInjectionSuite(
                AgentTestBed.create(controlPlane, directory),
                new FaultInjectionReport(Path.of("target", "fault-injection", "bounded.json")));
    }

    @AfterAll
    void close() {
        suite.close();
    }

    @Test
    void suiteHasDozensOfPlans() {
        assertThat(AgentScenario.values().length * PLANS_PER_SCENARIO).isGreaterThanOrEqualTo(60);
    }

    @ParameterizedTest
    @EnumSource(names = {"CREATE", "DELETE", "DOWNLOAD"})
    void operationThatReportsAFalseSuccessOrHangsOrIsKilledEndsLikeTheBaseline(AgentScenario scenario) {
        suite.baseline(scenario);

        List<Outcome> outcomes = Stream.of(FaultType.CALL_LIES, FaultType.CALL_HANGS, FaultType.CALL_CUT_OFF)
                .map(type -> suite.run(Plan.of(scenario, type, 1)))
                .toList();

        assertThat(outcomes)
                .allSatisfy(outcome ->
                        assertThat(outcome.isGood()).as(outcome.description()).isTrue());
    }

    @ParameterizedTest
    @EnumSource
    void planEndsLikeTheBaseline(AgentScenario scenario) {
        PlanGenerator generator = new PlanGenerator(suite.baseline(scenario));
        Stream<Plan> plans = Stream.of(
                        generator.some(FaultType.crashes(), SEED, CRASHES),
                        generator.some(FaultType.nonCrashes(), SEED, NON_CRASHES),
                        generator.pairs(SEED, PAIRS))
                .flatMap(generated -> generated);

        List<Outcome> outcomes = plans.map(suite::run).toList();

        assertThat(outcomes).hasSize(PLANS_PER_SCENARIO - 1).allSatisfy(outcome -> assertThat(outcome.isGood())
                .as(outcome.description())
                .isTrue());
    }
}
