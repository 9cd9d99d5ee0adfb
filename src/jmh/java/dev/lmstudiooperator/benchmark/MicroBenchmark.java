package dev.lmstudiooperator.benchmark;

import java.util.Collection;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/** Runs the JMH microbenchmarks, each in a separate process. */
@QuietMachine
class MicroBenchmark {

    private static final TimeValue ITERATION = TimeValue.milliseconds(Extent.number(200, 500));

    @Test
    void parsingPlanningGuarding() throws RunnerException {
        Collection<RunResult> results = new Runner(new OptionsBuilder()
                        .include("Microbenchmark")
                        .forks(1)
                        .warmupIterations(Extent.number(1, 5))
                        .warmupTime(ITERATION)
                        .measurementIterations(Extent.number(3, 10))
                        .measurementTime(ITERATION)
                        .shouldFailOnError(true)
                        .build())
                .run();
        Report report = new Report("Microbenchmarks");
        results.stream().map(MicroBenchmark::figure).forEach(report::add);
        report.write();
    }

    private static Figure figure(RunResult result) {
        String benchmark = result.getParams().getBenchmark();
        String[] words = benchmark.split("\\.", -1);
        String name = words[words.length - 2].replace("Microbenchmark", "") + ": " + words[words.length - 1];
        Collection<String> parameters = result.getParams().getParamsKeys();
        String suffix = parameters.isEmpty()
                ? ""
                : ", "
                        + String.join(
                                ", ",
                                parameters.stream()
                                        .map(key -> result.getParams().getParam(key) + " " + key)
                                        .toList());
        Figure figure = Figure.of(name + suffix, "µs", iterations(result));
        return words[words.length - 1].startsWith("guarded") ? figure.toBe(Target.atMost(1000)) : figure;
    }

    private static List<Double> iterations(RunResult result) {
        return result.getBenchmarkResults().stream()
                .flatMap(process -> process.getIterationResults().stream())
                .map(iteration -> iteration.getPrimaryResult().getScore())
                .toList();
    }
}
