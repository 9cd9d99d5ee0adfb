package dev.lmstudiooperator.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.controlplane.ControlPlane;
import dev.lmstudiooperator.controlplane.WithControlPlane;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The bounded fault-injection suite: with any fault, each scenario ends like its undisturbed run and breaks no invariant.
 */
@WithControlPlane
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CampaignIT {

    private static final long SEED = 20261124;

    private static final int CRASHES = 2;
    private static final int OTHERS = 3;
    private static final int PAIRS = 1;

    /** Includes the undisturbed run. */
    private static final int PLANS = 1 + CRASHES + OTHERS + PAIRS;

    private final Campaign campaign;

    CampaignIT(ControlPlane controlPlane, @TempDir Path directory) {
        this.campaign = new Campaign(
                Stage.set(controlPlane, directory), new CampaignReport(Path.of("target", "campaign", "bounded.json")));
    }

    @AfterAll
    void close() {
        campaign.close();
    }

    @Test
    void thereAreDozensOfPlans() {
        assertThat(Scenario.values().length * PLANS).isGreaterThanOrEqualTo(60);
    }

    @ParameterizedTest
    @EnumSource(names = {"CREATE", "DELETE", "DOWNLOAD"})
    void everyOperationLiesAndHangsAndIsCutOff(Scenario scenario) {
        campaign.undisturbed(scenario);

        List<Outcome> outcomes = Stream.of(Disturbance.CALL_LIES, Disturbance.CALL_HANGS, Disturbance.CALL_CUT_OFF)
                .map(disturbance -> campaign.run(Plan.of(scenario, disturbance, 1)))
                .toList();

        assertThat(outcomes)
                .allSatisfy(outcome ->
                        assertThat(outcome.isGood()).as(outcome.story()).isTrue());
    }

    @ParameterizedTest
    @EnumSource
    void everyPlanEndsAsTheUndisturbedRun(Scenario scenario) {
        PlanDrawer drawer = new PlanDrawer(campaign.undisturbed(scenario));
        Stream<Plan> plans = Stream.of(
                        drawer.some(Disturbance.crashes(), SEED, CRASHES),
                        drawer.some(Disturbance.others(), SEED, OTHERS),
                        drawer.pairs(SEED, PAIRS))
                .flatMap(drawn -> drawn);

        List<Outcome> outcomes = plans.map(campaign::run).toList();

        assertThat(outcomes).hasSize(PLANS - 1).allSatisfy(outcome -> assertThat(outcome.isGood())
                .as(outcome.story())
                .isTrue());
    }
}
