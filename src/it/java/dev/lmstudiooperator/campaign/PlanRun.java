package dev.lmstudiooperator.campaign;

import static dev.lmstudiooperator.controlplane.Eventually.eventually;

import dev.lmstudiooperator.campaign.invariant.Evidence;
import dev.lmstudiooperator.campaign.invariant.Invariants;
import dev.lmstudiooperator.campaign.proxy.Traffic;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Runs one plan in the test bed and evaluates it. */
final class PlanRun {

    private final Stage stage;
    private final Plan plan;

    PlanRun(Stage stage, Plan plan) {
        this.stage = stage;
        this.plan = plan;
    }

    /** @param expectedEnd the end state of the scenario's undisturbed run; null for that run itself */
    Outcome run(@Nullable String expectedEnd) {
        Instant began = Instant.now();
        Interference interference = new Interference(plan.strikes(), stage.agent());
        String end = "";
        String failure = "";
        List<String> violations = List.of();
        try {
            stage.begin();
            try (Recorder recorder = new Recorder(stage.admin(), stage.namespace())) {
                int startsBefore = stage.agent().starts();
                plan.scenario().prepare(stage);
                act(interference);
                end = settle(expectedEnd);
                tidyUp();
                violations = Invariants.violations(new Evidence(
                        recorder.versions(),
                        stage.lmStudio().journal(),
                        Duration.between(began, Instant.now()),
                        interference.struck(),
                        stage.agent().starts() - startsBefore));
            }
        } catch (AssertionError | RuntimeException e) {
            failure = e.toString();
        }
        Outcome outcome = new Outcome(
                plan,
                Duration.between(began, Instant.now()),
                interference.struck(),
                interference.counts(),
                end,
                failure.isEmpty(),
                violations,
                explain(failure, violations));
        if (!outcome.isGood() && !outcome.isMissed()) {
            stage.replaceAgent();
        }
        return outcome;
    }

    private void act(Interference interference) {
        boolean isCallStruck = plan.strikes(Disturbance.Point.CALL);
        SlowCalls calls = SlowCalls.watch(stage, interference, isCallStruck);
        try {
            stage.proxy().disturb(interference);
            plan.scenario().act(stage);
        } finally {
            stage.proxy().disturb(Traffic.UNDISTURBED);
            calls.close();
        }
    }

    /**
     * Returns the end state after the agent has observed LM Studio again, and requires that it lasts for further
     * observations.
     */
    private String settle(@Nullable String expected) {
        stage.agent().awaitReady();
        stage.awaitLooks();
        if (expected != null) {
            eventually("it ends like the undisturbed run:\n" + expected, Stage.PATIENCE, this::look, expected::equals);
            stage.awaitLooks();
        }
        String end = look();
        if (expected != null && !expected.equals(end)) {
            throw new AssertionError(
                    "The end state did not last. Expected:\n%s\nbut it became:\n%s".formatted(expected, end));
        }
        return end;
    }

    private String look() {
        return EndState.of(stage);
    }

    /** Deletes all ManagedModels; the agent must always remove their finalizers. */
    private void tidyUp() {
        stage.models().all().forEach(model -> stage.delete(model.getMetadata().getName()));
        stage.models()
                .all()
                .forEach(model -> stage.awaitGone(model.getMetadata().getName()));
    }

    private String explain(String failure, List<String> violations) {
        return "%s%s%nagent's log: %s%nto run it alone: make campaign PLAN='%s'"
                .formatted(failure, String.join("\n", violations), stage.agent().log(), plan);
    }
}
