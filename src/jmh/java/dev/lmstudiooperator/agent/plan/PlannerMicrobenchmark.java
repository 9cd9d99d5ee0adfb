package dev.lmstudiooperator.agent.plan;

import dev.lmstudiooperator.agent.plan.rules.Planner;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Measures a decision of the planner: at rest, and by the last rules. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class PlannerMicrobenchmark {

    private final Planner planner = new Planner();
    private final PlanInput served = PlanInputs.givenServed().input();
    private final PlanInput absent = PlanInputs.given().input();

    @Benchmark
    public Object planForServed() {
        return planner.plan(served);
    }

    @Benchmark
    public Object planForAbsent() {
        return planner.plan(absent);
    }
}
