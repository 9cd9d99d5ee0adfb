package dev.lmstudiooperator.faultinjection;

import static dev.lmstudiooperator.controlplane.Eventually.eventually;

import dev.lmstudiooperator.faultinjection.invariant.Evidence;
import dev.lmstudiooperator.faultinjection.invariant.Invariants;
import dev.lmstudiooperator.faultinjection.proxy.TrafficPolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Runs one plan in the test bed and evaluates it. */
final class PlanRun {

    private final FaultTestBed testBed;
    private final Plan plan;

    PlanRun(FaultTestBed testBed, Plan plan) {
        this.testBed = testBed;
        this.plan = plan;
    }

    /** @param expectedEnd the end state of the scenario's baseline run; null for that run itself */
    Outcome run(@Nullable String expectedEnd) {
        Instant began = Instant.now();
        FaultInjector injector = new FaultInjector(plan.injections(), testBed.agent());
        String end = "";
        String failure = "";
        List<String> violations = List.of();
        try {
            testBed.reset();
            try (VersionRecorder recorder = new VersionRecorder(testBed.admin(), testBed.namespace())) {
                int startsBefore = testBed.agent().starts();
                plan.scenario().prepare(testBed);
                act(injector);
                end = awaitEndState(expectedEnd);
                cleanUp();
                violations = Invariants.violations(new Evidence(
                        recorder.versions(),
                        testBed.lmStudio().journal(),
                        Duration.between(began, Instant.now()),
                        injector.injected(),
                        testBed.agent().starts() - startsBefore));
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
            testBed.replaceAgent();
        }
        return outcome;
    }

    private void act(FaultInjector injector) {
        boolean hasFaultAtCall = plan.hasFaultAt(FaultType.Point.CALL);
        SlowCalls calls = SlowCalls.watch(testBed, injector, hasFaultAtCall);
        try {
            testBed.proxy().setPolicy(injector);
            plan.scenario().act(testBed);
        } finally {
            testBed.proxy().setPolicy(TrafficPolicy.PASS_THROUGH);
            calls.close();
        }
    }

    /**
     * Returns the end state after the agent has observed LM Studio again. The end state must not change during further
     * observations.
     */
    private String awaitEndState(@Nullable String expected) {
        testBed.agent().awaitReady();
        testBed.awaitPolls();
        if (expected != null) {
            eventually(
                    "it ends like the baseline run:\n" + expected,
                    FaultTestBed.TIMEOUT,
                    this::endState,
                    expected::equals);
            testBed.awaitPolls();
        }
        String end = endState();
        if (expected != null && !expected.equals(end)) {
            throw new AssertionError(
                    "The end state did not last. Expected:\n%s\nbut it became:\n%s".formatted(expected, end));
        }
        return end;
    }

    private String endState() {
        return EndState.of(testBed);
    }

    /** Deletes all ManagedModels. The agent must always remove their finalizers. */
    private void cleanUp() {
        testBed.models()
                .all()
                .forEach(model -> testBed.delete(model.getMetadata().getName()));
        testBed.models()
                .all()
                .forEach(model -> testBed.awaitDeleted(model.getMetadata().getName()));
    }

    private String explain(String failure, List<String> violations) {
        return "%s%s%nagent's log: %s%nto run it alone: make fault-injection PLAN='%s'"
                .formatted(
                        failure, String.join("\n", violations), testBed.agent().log(), plan);
    }
}
