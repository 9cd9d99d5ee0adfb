package dev.lmstudiooperator.campaign;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Runs plans one after another, each against the end of its scenario's undisturbed run, and keeps what they came to. */
final class Campaign implements AutoCloseable {

    private final Stage stage;
    private final CampaignReport report;
    private final Map<Scenario, Outcome> undisturbed = new EnumMap<>(Scenario.class);
    private final List<Outcome> outcomes = new ArrayList<>();

    Campaign(Stage stage, CampaignReport report) {
        this.stage = stage;
        this.report = report;
    }

    /** Runs it once; what there is to strike is counted in it. */
    Outcome undisturbed(Scenario scenario) {
        if (undisturbed.isEmpty()) {
            // What a first run does more, such as the registration of the node, is not to be counted.
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

    /** One run has a write more or less than another: a fault that came too late is tried again at an earlier point. */
    Outcome run(Plan plan) {
        Outcome outcome = attempt(plan);
        Plan earlier = plan.within(outcome.counts());
        while (outcome.isMissed() && !earlier.equals(outcome.plan())) {
            outcome = attempt(earlier);
            earlier = earlier.within(outcome.counts());
        }
        return keep(outcome);
    }

    /** Runs it, and forgets it when its scenario turns out to have no such point. */
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

    /** All so far, in order. */
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
