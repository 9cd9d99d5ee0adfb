package dev.lmstudiooperator.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.controlplane.ControlPlane;
import dev.lmstudiooperator.controlplane.WithControlPlane;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The full fault-injection suite, which takes more than an hour. With {@code -Dcampaign.plans} it runs only those plans, in
 * the printed notation, separated by semicolons. A build does not find this class by its name; {@code make campaign} runs
 * it.
 */
@WithControlPlane
class FullCampaign {

    private static final long SEED = 20261124;

    /** More points than any scenario has. A scenario that exceeds this never ends. */
    private static final int MOST_POINTS = 40;

    private static final int POINTS_PER_DISTURBANCE = 2;
    private static final int PAIRS_PER_SCENARIO = 10;

    @Test
    void everyPlanEndsAsTheUndisturbedRun(ControlPlane controlPlane, @TempDir Path directory) {
        Path report = Path.of(System.getProperty("campaign.report", "target/campaign/report.json"));
        try (Campaign campaign = new Campaign(Stage.set(controlPlane, directory), new CampaignReport(report))) {
            String plans = System.getProperty("campaign.plans", "");
            if (plans.isBlank()) {
                Arrays.stream(Scenario.values()).forEach(scenario -> runAll(campaign, scenario));
                assertThat(campaign.outcomes()).hasSizeGreaterThanOrEqualTo(400);
            } else {
                Arrays.stream(plans.split(";")).map(Plan::parse).forEach(campaign::run);
            }

            List<String> failures = campaign.outcomes().stream()
                    .filter(outcome -> !outcome.isGood())
                    .map(Outcome::story)
                    .toList();
            assertThat(failures).isEmpty();
        }
    }

    private static void runAll(Campaign campaign, Scenario scenario) {
        PlanDrawer drawer = new PlanDrawer(campaign.undisturbed(scenario));
        Disturbance.atEveryPoint().forEach(disturbance -> strikeAtEveryPoint(campaign, scenario, disturbance));
        Stream.concat(
                        drawer.someOfEach(Disturbance.atSomePoints(), SEED, POINTS_PER_DISTURBANCE),
                        drawer.pairs(SEED, PAIRS_PER_SCENARIO))
                .forEach(campaign::run);
    }

    /** Injects the fault at the first point, the second, and so on, until the scenario has no further point. */
    private static void strikeAtEveryPoint(Campaign campaign, Scenario scenario, Disturbance disturbance) {
        for (int at = 1; campaign.runIfPossible(Plan.of(scenario, disturbance, at)); at++) {
            assertThat(at)
                    .as("number of points of %s in %s", disturbance, scenario)
                    .isLessThan(MOST_POINTS);
        }
    }
}
