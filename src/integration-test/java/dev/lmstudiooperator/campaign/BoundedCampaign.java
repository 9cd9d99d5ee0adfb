package dev.lmstudiooperator.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.controlplane.ControlPlane;
import dev.lmstudiooperator.controlplane.WithControlPlane;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The bounded campaign: whatever strikes, each scenario ends as if nothing had, and nothing breaks on the way. No name that a
 * build finds by itself: {@code make campaign-bounded} runs it.
 */
@WithControlPlane
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BoundedCampaign {

    private static final long SEED = 20261124;

    private final Campaign campaign;

    BoundedCampaign(ControlPlane controlPlane, @TempDir Path directory) {
        this.campaign = new Campaign(
                Stage.set(controlPlane, directory), new CampaignReport(Path.of("target", "campaign", "bounded.json")));
    }

    @AfterAll
    void close() {
        campaign.close();
    }

    @ParameterizedTest
    @EnumSource
    void everyPlanEndsAsTheUndisturbedRun(Scenario scenario) {
        PlanDrawer drawer = new PlanDrawer(campaign.undisturbed(scenario));
        Stream<Plan> plans = Stream.of(
                        drawer.some(Disturbance.crashes(), SEED, 2),
                        drawer.some(Disturbance.others(), SEED, 3),
                        drawer.pairs(SEED, 1))
                .flatMap(drawn -> drawn);

        List<Outcome> outcomes = plans.map(campaign::run).toList();

        assertThat(outcomes)
                .allSatisfy(outcome ->
                        assertThat(outcome.isGood()).as(outcome.story()).isTrue());
    }
}
