package dev.lmstudiooperator.agent.plan;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** What a decision takes: at rest, and the one that the last rules make. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class PlannerMicrobenchmark {

    private final Planner planner = new Planner();
    private final PlanInput served = Situations.givenServed().situation();
    private final PlanInput absent = Situations.given().situation();

    @Benchmark
    public Object planForServed() {
        return planner.plan(served);
    }

    @Benchmark
    public Object planForAbsent() {
        return planner.plan(absent);
    }
}
