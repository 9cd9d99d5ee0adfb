package dev.lmstudiooperator.faultinjection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.controlplane.ControlPlane;
import dev.lmstudiooperator.controlplane.WithControlPlane;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The full fault-injection suite, which takes more than an hour. {@code -Dfault-injection.plans} limits it to these plans,
 * in the printed notation, separated by semicolons. The name of this class does not match the test pattern of the build.
 * {@code make fault-injection} runs it.
 */
@WithControlPlane
class FullFaultInjection {

    private static final long SEED = 20261124;

    /** Exceeds the number of points of any scenario. It limits a scenario that never ends. */
    private static final int MAX_POINTS = 40;

    private static final int POINTS_PER_FAULT_TYPE = 2;
    private static final int PAIRS_PER_SCENARIO = 10;

    @Test
    void planEndsLikeTheBaseline(ControlPlane controlPlane, @TempDir Path directory) {
        Path report = Path.of(System.getProperty("fault-injection.report", "target/fault-injection/report.json"));
        try (FaultInjectionSuite suite = new FaultInjectionSuite(
                FaultTestBed.create(controlPlane, directory), new FaultInjectionReport(report))) {
            String plans = System.getProperty("fault-injection.plans", "");
            if (plans.isBlank()) {
                Arrays.stream(Scenario.values()).forEach(scenario -> runAll(suite, scenario));
                assertThat(suite.outcomes()).hasSizeGreaterThanOrEqualTo(400);
            } else {
                Arrays.stream(plans.split(";")).map(Plan::parse).forEach(suite::run);
            }

            List<String> failures = suite.outcomes().stream()
                    .filter(outcome -> !outcome.isGood())
                    .map(Outcome::description)
                    .toList();
            assertThat(failures).isEmpty();
        }
    }

    private static void runAll(FaultInjectionSuite suite, Scenario scenario) {
        PlanGenerator generator = new PlanGenerator(suite.baseline(scenario));
        FaultType.atEveryPoint().forEach(type -> injectAtEveryPoint(suite, scenario, type));
        Stream.concat(
                        generator.someOfEach(FaultType.atSomePoints(), SEED, POINTS_PER_FAULT_TYPE),
                        generator.pairs(SEED, PAIRS_PER_SCENARIO))
                .forEach(suite::run);
    }

    /** Injects the fault at the first point, the second, and so on, until the scenario has no further point. */
    private static void injectAtEveryPoint(FaultInjectionSuite suite, Scenario scenario, FaultType type) {
        for (int at = 1; suite.runIfPossible(Plan.of(scenario, type, at)); at++) {
            assertThat(at).as("number of points of %s in %s", type, scenario).isLessThan(MAX_POINTS);
        }
    }
}
