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
 * The full fault-injection suite, which takes 40 minutes. {@code -Dfault-injection.plans} limits it to these plans, in the
 * printed notation, separated by semicolons. The name of this class does not match the test pattern of the build.
 * {@code make fault-injection} runs it.
 */
class FullFaultInjection {

    private static final long SEED = 20261124;

    /** Exceeds the number of points of any scenario. It limits a scenario that never ends. */
    private static final int MAX_POINTS = 40;

    private static final int POINTS_PER_FAULT_TYPE = 2;
    private static final int PAIRS_PER_SCENARIO = 10;

    /** The number of scenarios at a time. Three use two cores completely. */
    private static final int WORKERS = 3;

    private final FaultInjectionReport report = new FaultInjectionReport(
            Path.of(System.getProperty("fault-injection.report", "target/fault-injection/report.json")));

    @Test
    void planEndsLikeTheBaseline(@TempDir Path directory) throws Exception {
        String plans = System.getProperty("fault-injection.plans", "");
        if (plans.isBlank()) {
            inParallel(
                    Arrays.asList(Scenario.values()),
                    scenario -> inSuite(directory.resolve(scenario.text()), suite -> runAll(suite, scenario)));
            assertThat(report.outcomes()).hasSizeGreaterThanOrEqualTo(500);
        } else {
            Map<Scenario, List<Plan>> chosen =
                    Arrays.stream(plans.split(";")).map(Plan::parse).collect(groupingBy(Plan::scenario));
            inParallel(
                    chosen.entrySet(),
                    plansOf -> inSuite(directory.resolve(plansOf.getKey().text()), suite -> plansOf.getValue()
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
    private void inSuite(Path directory, Consumer<FaultInjectionSuite> action) {
        try (ControlPlane controlPlane = ControlPlane.start().applyManifests();
                FaultInjectionSuite suite = new FaultInjectionSuite(
                        FaultTestBed.create(controlPlane, Files.createDirectory(directory)), report)) {
            action.accept(suite);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
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
