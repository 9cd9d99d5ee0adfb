package dev.lmstudiooperator.campaign;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Runs plans one after another, compares each with the end state of its scenario's undisturbed run, and keeps the outcomes.
 */
final class Campaign implements AutoCloseable {

    private final Stage stage;
    private final CampaignReport report;
    private final Map<Scenario, Outcome> undisturbed = new EnumMap<>(Scenario.class);
    private final List<Outcome> outcomes = new ArrayList<>();

    Campaign(Stage stage, CampaignReport report) {
        this.stage = stage;
        this.report = report;
    }

    /** Runs the scenario once without faults and counts the points at which a fault can be injected. */
    Outcome undisturbed(Scenario scenario) {
        if (undisturbed.isEmpty()) {
            // A first run does more, for example it registers the node. That work must not be counted.
            new PlanRun(stage, Plan.undisturbed(Scenario.CREATE)).run(null);
        }
        return undisturbed.computeIfAbsent(scenario, key -> {
            Outcome outcome = keep(new PlanRun(stage, Plan.undisturbed(key)).run(null));
            if (!outcome.isGood()) {
                throw new AssertionError(
                        "The undisturbed run failed; there is nothing to compare with. " + outcome.story());
            }
            return outcome;
        });
    }

    /**
     * The number of writes varies between runs. A fault that came too late is tried again at earlier points.
     */
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
        return new PlanRun(stage, plan).run(undisturbed(plan.scenario()).end());
    }

    /** All outcomes so far, in order. */
    List<Outcome> outcomes() {
        return List.copyOf(outcomes);
    }

    private Outcome keep(Outcome outcome) {
        outcomes.add(outcome);
        report.write(outcomes);
        System.out.printf(
                "campaign: %-9s %5.1f s struck=%d of %d %s %s%n",
                outcome.word(),
                outcome.duration().toMillis() / 1e3,
                outcome.struck(),
                outcome.plan().strikes().size(),
                outcome.counts(),
                outcome.plan());
        if (!outcome.isGood()) {
            System.out.println(outcome.story());
        }
        return outcome;
    }

    @Override
    public void close() {
        stage.close();
    }
}
