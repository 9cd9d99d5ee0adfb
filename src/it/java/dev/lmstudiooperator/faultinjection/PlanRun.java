package dev.lmstudiooperator.faultinjection;

import static dev.lmstudiooperator.controlplane.Eventually.eventually;

import dev.lmstudiooperator.faultinjection.invariant.Evidence;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Runs one plan in the test bed and evaluates it. */
final class PlanRun {

    private final TestBed testBed;
    private final Plan plan;

    PlanRun(TestBed testBed, Plan plan) {
        this.testBed = testBed;
        this.plan = plan;
    }

    /** @param expectedEnd the end state of the scenario's baseline run; null for that run itself */
    Outcome run(@Nullable String expectedEnd) {
        Instant began = Instant.now();
        FaultInjector injector = new FaultInjector(plan.injections(), testBed.operator());
        String end = "";
        String failure = "";
        List<String> violations = List.of();
        try {
            testBed.reset();
            try (VersionRecorder recorder = testBed.record()) {
                int startsBefore = testBed.operator().starts();
                plan.scenario().prepare(testBed);
                testBed.act(plan, injector);
                end = awaitEndState(expectedEnd);
                testBed.cleanUp();
                violations = testBed.violations(new Evidence(
                        recorder.versions(),
                        testBed.journal(),
                        Duration.between(began, Instant.now()),
                        injector.injected(),
                        testBed.operator().starts() - startsBefore));
            }
        } catch (AssertionError | RuntimeException e) {
            failure = e.toString();
        }
        Outcome outcome = new Outcome(
                plan,
                Duration.between(began, Instant.now()),
                injector.injected(),
                injector.counts(),
                end,
                failure.isEmpty(),
                violations,
                explain(failure, violations));
        if (!outcome.isGood() && !outcome.isMissed()) {
            testBed.replaceOperator();
        }
        return outcome;
    }

    /**
     * Returns the end state after the operator has observed its surroundings again. The end state must not change during further
     * observations.
     */
    private String awaitEndState(@Nullable String expected) {
        testBed.operator().awaitReady();
        testBed.settle();
        if (expected != null) {
            eventually(
                    "it ends like the baseline run:\n" + expected, TestBed.TIMEOUT, this::endState, expected::equals);
            testBed.settle();
        }
        String end = endState();
        if (expected != null && !expected.equals(end)) {
            throw new AssertionError(
                    "The end state did not last. Expected:\n%s\nbut it became:\n%s".formatted(expected, end));
        }
        return end;
    }

    private String endState() {
        return testBed.endState();
    }

    private String explain(String failure, List<String> violations) {
        return "%s%s%nlog of the operator: %s%nto run it alone: make fault-injection PLAN='%s'"
                .formatted(
                        failure,
                        String.join("\n", violations),
                        testBed.operator().log(),
                        plan);
    }
}
