package dev.lmstudiooperator.faultinjection;

import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.controlplane.ControlPlane;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The full fault-injection suite. {@code -Dfault-injection.plans} limits it to these plans, in the printed notation, separated
 * by semicolons. {@code -Dfault-injection.scenarios} limits it to scenarios that match a regular expression. The name of this
 * class does not match the test pattern of the build. {@code make fault-injection} runs it.
 */
class FullFaultInjection {

    private static final long SEED = 20261124;

    /** Exceeds the number of points of any scenario. It limits a scenario that never ends. */
    private static final int MAX_POINTS = 40;

    private static final Limits OF_AGENTS = new Limits(2, 10);

    /** Controllers have more scenarios, and each crash costs the start of a process. */
    private static final Limits OF_CONTROLLERS = new Limits(1, 3);

    /** The number of scenarios at a time. Three use two cores completely. */
    private static final int WORKERS = 3;

    /** The number of plans per scenario, apart from those at every point. */
    private record Limits(int pointsPerFaultType, int pairs) {

        static Limits of(Scenario scenario) {
            return switch (scenario) {
                case AgentScenario agent -> OF_AGENTS;
                case ControllerScenario controller -> OF_CONTROLLERS;
            };
        }
    }

    private final FaultInjectionReport report = new FaultInjectionReport(
            Path.of(System.getProperty("fault-injection.report", "target/fault-injection/report.json")));

    @Test
    void planEndsLikeTheBaseline(@TempDir Path directory) throws Exception {
        String plans = System.getProperty("fault-injection.plans", "");
        if (plans.isBlank()) {
            String scenarios = System.getProperty("fault-injection.scenarios", "");
            inParallel(
                    Scenario.all().stream()
                            .filter(scenario ->
                                    scenarios.isEmpty() || scenario.text().matches(scenarios))
                            .toList(),
                    scenario -> inSuite(scenario, directory, suite -> runAll(suite, scenario)));
            assertThat(report.outcomes()).hasSizeGreaterThanOrEqualTo(scenarios.isEmpty() ? 800 : 1);
        } else {
            Map<Scenario, List<Plan>> chosen =
                    Arrays.stream(plans.split(";")).map(Plan::parse).collect(groupingBy(Plan::scenario));
            inParallel(
                    chosen.entrySet(),
                    plansOf -> inSuite(plansOf.getKey(), directory, suite -> plansOf.getValue()
                            .forEach(suite::run)));
        }

        List<String> failures = report.outcomes().stream()
                .filter(outcome -> !outcome.isGood())
                .map(Outcome::description)
                .toList();
        assertThat(failures).isEmpty();
    }

    private static <T> void inParallel(Iterable<T> items, Consumer<T> action) throws Exception {
        try (ExecutorService workers = Executors.newFixedThreadPool(WORKERS)) {
            List<Future<?>> results = new ArrayList<>();
            items.forEach(item -> results.add(workers.submit(() -> action.accept(item))));
            try {
                for (Future<?> result : results) {
                    result.get();
                }
            } finally {
                workers.shutdownNow();
            }
        }
    }

    /** Each scenario has its own control plane, because a suite removes all objects of the others. */
    private void inSuite(Scenario scenario, Path directory, Consumer<FaultInjectionSuite> action) {
        try (ControlPlane controlPlane = ControlPlane.start().applyManifests();
                FaultInjectionSuite suite = new FaultInjectionSuite(
                        scenario.createTestBed(controlPlane, Files.createDirectory(directory.resolve(scenario.text()))),
                        report)) {
            action.accept(suite);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void runAll(FaultInjectionSuite suite, Scenario scenario) {
        PlanGenerator generator = new PlanGenerator(suite.baseline(scenario));
        Limits limits = Limits.of(scenario);
        FaultType.atEveryPoint().stream()
                .filter(scenario.faultTypes()::contains)
                .forEach(type -> injectAtEveryPoint(suite, scenario, type));
        Stream.concat(
                        generator.someOfEach(FaultType.atSomePoints(), SEED, limits.pointsPerFaultType()),
                        generator.pairs(SEED, limits.pairs()))
                .forEach(suite::run);
    }

    /** Injects the fault at the first point, the second, and so on, until the scenario has no further point. */
    private static void injectAtEveryPoint(FaultInjectionSuite suite, Scenario scenario, FaultType type) {
        for (int at = 1; suite.runIfPossible(Plan.of(scenario, type, at)); at++) {
            assertThat(at).as("number of points of %s in %s", type, scenario).isLessThan(MAX_POINTS);
        }
    }
}
