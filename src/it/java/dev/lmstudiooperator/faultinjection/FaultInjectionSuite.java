package dev.lmstudiooperator.faultinjection;

import java.util.HashMap;
import java.util.Map;

/**
 * Runs plans one after another and keeps their outcomes. Each plan must end like the baseline run of its scenario, which is
 * its run without faults.
 */
final class FaultInjectionSuite implements AutoCloseable {

    private final TestBed testBed;
    private final FaultInjectionReport report;
    private final Map<Scenario, Outcome> baselines = new HashMap<>();

    FaultInjectionSuite(TestBed testBed, FaultInjectionReport report) {
        this.testBed = testBed;
        this.report = report;
    }

    /** Runs the scenario once without faults and counts the points at which a fault can be injected. */
    Outcome baseline(Scenario scenario) {
        if (baselines.isEmpty()) {
            // The first run does additional work, for example it registers the node. That work must not be counted.
            new PlanRun(testBed, Plan.baseline(scenario)).run(null);
        }
        return baselines.computeIfAbsent(scenario, key -> {
            Outcome outcome = keep(new PlanRun(testBed, Plan.baseline(key)).run(null));
            if (!outcome.isGood()) {
                throw new AssertionError(
                        "The baseline run failed; no plan can be compared with it. " + outcome.description());
            }
            return outcome;
        });
    }

    /** Runs the plan. If a fault was not injected because this run has fewer points, runs it again with earlier points. */
    Outcome run(Plan plan) {
        Outcome outcome = attempt(plan);
        Plan earlier = plan.within(outcome.counts());
        while (outcome.isMissed() && !earlier.equals(outcome.plan())) {
            outcome = attempt(earlier);
            earlier = earlier.within(outcome.counts());
        }
        return keep(outcome);
    }

    /** Runs the plan, and discards its outcome if the scenario has no such point. */
    boolean runIfPossible(Plan plan) {
        Outcome outcome = attempt(plan);
        if (!outcome.isMissed()) {
            keep(outcome);
        }
        return !outcome.isMissed();
    }

    private Outcome attempt(Plan plan) {
        return new PlanRun(testBed, plan).run(baseline(plan.scenario()).end());
    }

    private Outcome keep(Outcome outcome) {
        report.add(outcome);
        System.out.printf(
                "fault-injection: %-9s %5.1f s injected=%d of %d %s %s%n",
                outcome.result(),
                outcome.duration().toMillis() / 1e3,
                outcome.injected(),
                outcome.plan().injections().size(),
                outcome.counts(),
                outcome.plan());
        if (!outcome.isGood()) {
            System.out.println(outcome.description());
        }
        return outcome;
    }

    @Override
    public void close() {
        testBed.close();
    }
}
