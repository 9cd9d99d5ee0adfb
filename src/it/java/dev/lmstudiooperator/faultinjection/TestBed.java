package dev.lmstudiooperator.faultinjection;

import dev.lmstudiooperator.faultinjection.invariant.Evidence;
import dev.lmstudiooperator.simulator.Journal;
import java.time.Duration;
import java.util.List;

/** The process under test behind its proxy, and everything else that it needs. Each run has its own namespace. */
interface TestBed extends AutoCloseable {

    Duration TIMEOUT = Duration.ofSeconds(60);

    /** Prepares a run: creates a namespace, and waits until the process under test works. */
    void reset();

    /** Replaces the process under test after a failed run, because its state is no longer reliable. */
    void replaceOperator();

    TestedOperator operator();

    /** Records all versions of the objects that the invariants are about. */
    VersionRecorder record();

    /** The calls of {@code lms} and their effects. */
    Journal journal();

    /** Performs the action of the plan's scenario. The injector handles the traffic meanwhile. */
    void act(Plan plan, FaultInjector injector);

    /** Waits until the process under test has observed its surroundings again. */
    void settle();

    String endState();

    /** Removes the objects of the run. The process under test must not keep any of them. */
    void cleanUp();

    /** One sentence for each violation of an invariant. */
    List<String> violations(Evidence evidence);

    @Override
    void close();
}
