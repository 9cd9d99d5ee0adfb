package dev.lmstudiooperator.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.benchmark.Clocked;
import dev.lmstudiooperator.benchmark.Figure;
import dev.lmstudiooperator.benchmark.Report;
import dev.lmstudiooperator.benchmark.Target;
import dev.lmstudiooperator.controlplane.ControlPlane;
import dev.lmstudiooperator.controlplane.TestNamespace;
import dev.lmstudiooperator.controlplane.WithControlPlane;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Searches for leaks in an agent. In two hours the agent processes more changes than a node in years. At regular
 * intervals the system comes to rest in the same state, except for the names, and the benchmark samples the agent. Any
 * growth between these samples is a leak.
 *
 * <p>Rare series appear for the first time at any time, and no two rests are identical. The slope can therefore exceed
 * 0. A {@link Bound} limits it over the whole time. For the heap the bound is about 100 bytes for each of about ten
 * thousand actions. Almost nothing that a Java program keeps for a deleted ManagedModel is smaller. One thread, file or
 * series per action, or per stop of LM Studio, is far above the bound.
 *
 * <p>The warm-up is not counted: classes are loaded, and bounded caches fill up, for example the thousand Events that
 * an agent remembers. In a run of a few minutes they still fill up in the counted part. Such a run shows that the soak
 * works, not that nothing grows.
 */
@WithControlPlane
class SoakBenchmark {

    /** The minimum duration that detects growth. A shorter run never fails because of growth. */
    private static final Duration TELLING = Duration.ofHours(2);

    private static final Duration LENGTH = Duration.ofMinutes(Integer.getInteger("soak.minutes", 120));
    private static final long SEED = Long.getLong("soak.seed", 9);

    /** The upper limit; the actual number is lower because a rest takes time too. */
    private static final int MOST_RESTS = 120;

    private static final Duration BETWEEN_ACTIONS = Duration.ofMillis(400);
    private static final double SHARE_OF_WARM_UP = 0.2;
    private static final double SECONDS_PER_HOUR = 3600;

    /** As fast as on an idle machine, because the benchmark measures many changes and not their duration. */
    private static final Map<String, String> AT_SPEED = Map.of("LMSTUDIO_OPERATOR_OBSERVER_POLL_INTERVAL", "200ms");

    private final ControlPlane controlPlane;
    private final TestNamespace namespace;
    private final List<Sample> samples = new ArrayList<>();

    SoakBenchmark(ControlPlane controlPlane, TestNamespace namespace) {
        this.controlPlane = controlPlane;
        this.namespace = namespace;
    }

    @Test
    void nothingGrows(@TempDir Path folder) throws Exception {
        try (Testbed testbed = Testbed.start(controlPlane, namespace, folder, AT_SPEED);
                AgentJvm jvm = AgentJvm.of(testbed.agent().pid())) {
            Churn churn = new Churn(testbed, new Random(SEED));
            churn.rest();
            Instant begun = Instant.now();
            for (Instant next = begun; Clocked.seconds(begun, next) < LENGTH.toSeconds(); next = Instant.now()) {
                Instant rest = next.plus(LENGTH.dividedBy(MOST_RESTS));
                while (Instant.now().isBefore(rest)) {
                    churn.act();
                    Clocked.pass(BETWEEN_ACTIONS);
                }
                churn.rest();
                samples.add(Sample.of(Clocked.seconds(begun, Instant.now()) / SECONDS_PER_HOUR, testbed, jvm));
            }
            report(churn, testbed);
        }
    }

    private void report(Churn churn, Testbed testbed) {
        Report report = new Report("%d min of churn, seed %d".formatted(LENGTH.toMinutes(), SEED));
        report.add(Figure.of("changes", "changes", churn.actions()));
        report.add(Figure.of("of these, a ManagedModel was created", "times", churn.created()));
        report.add(Figure.of("of these, LM Studio was stopped", "times", churn.outages()));
        report.add(
                Figure.of("loads", "loads", testbed.lmStudio().journal().loads().size()));
        report.add(Figure.of("rests, at which LM Studio held what was asked for", "rests", samples.size()));
        List<Figure> slopes = List.of(
                add(report, "heap", "MB", Sample::heapMegabytes, new Bound(0.04, 1)),
                add(report, "threads", "threads", Sample::threads, new Bound(0.02, 1)),
                add(report, "open files", "files", Sample::descriptors, new Bound(0.02, 1)),
                add(report, "series", "series", Sample::series, new Bound(0.02, 10)));
        report.write();
        if (LENGTH.compareTo(TELLING) >= 0) {
            assertThat(slopes).extracting(Figure::isMet).containsOnly(true);
        }
    }

    /** Adds the samples to the report, and returns the figure of their slope. */
    private Figure add(Report report, String what, String unit, ToDoubleFunction<Sample> of, Bound bound) {
        List<Sample> counted = samples.subList((int) (SHARE_OF_WARM_UP * samples.size()), samples.size());
        Figure atRest = Figure.of(
                what + " at rest",
                unit,
                counted.stream().mapToDouble(of).boxed().toList());
        double hours = counted.getLast().hours() - counted.getFirst().hours();
        report.add(atRest);
        Figure slope = Figure.of(what + ": slope", unit + " per hour", slope(counted, of))
                .toBe(bound.over(hours, atRest.median()));
        report.add(slope);
        return slope;
    }

    /** The Theil–Sen estimator: the median over all pairs. Thread pools that grow for a minute do not affect it. */
    private static double slope(List<Sample> counted, ToDoubleFunction<Sample> of) {
        List<Double> slopes = new ArrayList<>();
        for (int later = 1; later < counted.size(); later++) {
            for (int earlier = 0; earlier < later; earlier++) {
                Sample from = counted.get(earlier);
                Sample to = counted.get(later);
                slopes.add((of.applyAsDouble(to) - of.applyAsDouble(from)) / (to.hours() - from.hours()));
            }
        }
        return Figure.of("", "", slopes).median();
    }

    /** The resources of the agent at one rest. */
    private record Sample(double hours, double heapMegabytes, int threads, long descriptors, long series) {

        static Sample of(double hours, Testbed testbed, AgentJvm jvm) {
            long series = testbed.agent()
                    .get("/q/metrics")
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .count();
            Sample sample = new Sample(hours, jvm.heapBytes() / 1e6, jvm.liveThreads(), jvm.openDescriptors(), series);
            System.out.println(sample);
            return sample;
        }
    }

    /**
     * The growth that is allowed over the whole time.
     *
     * @param share the limit as a share of the median
     * @param amount the absolute limit; the lower of the two applies
     */
    private record Bound(double share, double amount) {

        Target over(double hours, double median) {
            double growth = Math.min(share * median, amount);
            return new Target(growth / hours, true, "%.2f over the whole time".formatted(growth));
        }
    }
}
