package dev.lmstudiooperator.agent.plan.rules;

import static dev.lmstudiooperator.agent.plan.PlanInputs.NOW;
import static dev.lmstudiooperator.agent.plan.PlanInputs.REVISION;
import static dev.lmstudiooperator.agent.plan.PlanInputs.ago;
import static dev.lmstudiooperator.agent.plan.PlanInputs.busy;
import static dev.lmstudiooperator.agent.plan.PlanInputs.given;
import static dev.lmstudiooperator.agent.plan.PlanInputs.givenServed;
import static dev.lmstudiooperator.agent.plan.PlanInputs.in;
import static dev.lmstudiooperator.agent.plan.PlanInputs.instance;
import static dev.lmstudiooperator.agent.plan.PlanInputs.onDevice;
import static dev.lmstudiooperator.agent.plan.PlanInputs.recordedAt;
import static dev.lmstudiooperator.agent.plan.PlanInputs.unload;
import static dev.lmstudiooperator.agent.plan.PlanInputs.usedAt;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.agent.plan.Action;
import dev.lmstudiooperator.agent.plan.ConditionSummary.Progress;
import dev.lmstudiooperator.agent.plan.Decision;
import dev.lmstudiooperator.agent.plan.PlanInputs;
import dev.lmstudiooperator.api.v1alpha1.ConditionStatus;
import dev.lmstudiooperator.api.v1alpha1.DeletionPolicy;
import dev.lmstudiooperator.api.v1alpha1.Reason;
import org.junit.jupiter.api.Test;

/** Tests the deletion of a ManagedModel. */
class DeletionRulesTest {

    @Test
    void retainedInstanceIsLeftLoaded() {
        Decision decision = given().loadedAt(ago(3600))
                .deleted()
                .deletionPolicy(DeletionPolicy.RETAIN)
                .decision();

        assertThat(decision.action()).isEqualTo(new Action.RemoveFinalizer());
    }

    @Test
    void retainedInstanceIsReleasedWithoutAnObservation() {
        Decision decision = given().loadedAt(ago(3600))
                .deleted()
                .deletionPolicy(DeletionPolicy.RETAIN)
                .lmStudioUnknown()
                .decision();

        assertThat(decision.action()).isEqualTo(new Action.RemoveFinalizer());
    }

    @Test
    void nothingIsReleasedWhileItIsNotDeleted() {
        Decision decision = givenServed().deletionPolicy(DeletionPolicy.RETAIN).decision();

        assertThat(decision.action()).isEqualTo(new Action.Wait());
        assertThat(decision.summary().reason()).isEqualTo(Reason.VERIFIED);
    }

    @Test
    void runningUnloadIsAwaitedBeforeTheRelease() {
        Decision decision = given().loadedAt(ago(3600))
                .deleted()
                .deletionPolicy(DeletionPolicy.RETAIN)
                .running(unload())
                .decision();

        assertThat(decision.action()).isEqualTo(new Action.Wait());
        assertThat(decision.summary().reason()).isEqualTo(Reason.UNLOADING);
    }

    @Test
    void modelThatWasNeverLoadedIsReleasedWithoutAnObservation() {
        Decision decision = given().lmStudioUnknown().deleted().decision();

        assertThat(decision.action()).isEqualTo(new Action.RemoveFinalizer());
        assertThat(decision.summary().message()).contains("Nothing was ever loaded");
        assertThat(decision.summary().available()).isEqualTo(ConditionStatus.FALSE);
    }

    @Test
    void strangersInstanceSurvivesTheDeletionOfAModelThatNeverUsedIt() {
        Decision decision = given().loaded().deleted().decision();

        assertThat(decision.action()).isEqualTo(new Action.RemoveFinalizer());
    }

    @Test
    void begunLoadRequiresAnObservationBeforeTheRelease() {
        Decision decision = given().lmStudioUnknown().begun(REVISION).deleted().decision();

        assertThat(decision.action()).isEqualTo(new Action.Wait());
        assertThat(decision.summary().reason()).isEqualTo(Reason.LM_STUDIO_UNREACHABLE);
    }

    @Test
    void recordedInstanceRequiresAnObservationBeforeTheRelease() {
        Decision decision = given().lmStudioUnknown()
                .recorded(recordedAt(ago(60)))
                .deleted()
                .decision();

        assertThat(decision.action()).isEqualTo(new Action.Wait());
        assertThat(decision.summary().reason()).isEqualTo(Reason.LM_STUDIO_UNREACHABLE);
    }

    @Test
    void unloadPolicyUnloadsTheInstanceOfAnotherClient() {
        Decision decision =
                given().loaded().deletionPolicy(DeletionPolicy.UNLOAD).deleted().decision();

        assertThat(decision.action()).isEqualTo(new Action.Execute(unload()));
    }

    @Test
    void unloadPolicyUnloadsWhatWasAdopted() {
        Decision decision = given().loaded()
                .adopted()
                .deletionPolicy(DeletionPolicy.UNLOAD)
                .deleted()
                .decision();

        assertThat(decision.action()).isEqualTo(new Action.Execute(unload()));
    }

    @Test
    void adoptedInstanceIsLeftWhereOnlyOwnLoadsAreUnloaded() {
        Decision decision = given().loaded().adopted().begun(REVISION).deleted().decision();

        assertThat(decision.action()).isEqualTo(new Action.RemoveFinalizer());
        assertThat(decision.summary().message()).contains("adopted");
    }

    @Test
    void instanceOfAnOlderClaimantIsLeft() {
        Decision decision =
                given().loadedAt(ago(3600)).deleted().olderOwner("team-a/chat").decision();

        assertThat(decision.action()).isEqualTo(new Action.RemoveFinalizer());
        assertThat(decision.summary().message()).contains("team-a/chat");
    }

    @Test
    void instanceThatAYoungerClaimantStillNamesIsLeft() {
        Decision decision =
                given().loadedAt(ago(3600)).deleted().newerOwner("team-b/chat").decision();

        assertThat(decision.action()).isEqualTo(new Action.RemoveFinalizer());
        assertThat(decision.summary().message()).contains("team-b/chat");
    }

    @Test
    void youngerClaimantChangesNothingWhileTheOlderLives() {
        Decision decision = givenServed().newerOwner("team-b/chat").decision();

        assertThat(decision.action()).isEqualTo(new Action.Wait());
        assertThat(decision.summary().reason()).isEqualTo(Reason.VERIFIED);
    }

    @Test
    void goneInstanceReleases() {
        Decision decision = given().begun(REVISION).deleted().decision();

        assertThat(decision.action()).isEqualTo(new Action.RemoveFinalizer());
        assertThat(decision.summary().message()).contains("verified");
    }

    @Test
    void ownInstanceIsUnloadedWhenIdle() {
        Decision decision = given().loadedAt(ago(3600)).deleted().decision();

        assertThat(decision.action()).isEqualTo(new Action.Execute(unload()));
        assertThat(decision.summary().reason()).isEqualTo(Reason.UNLOADING);
        assertThat(decision.summary().progress()).isEqualTo(Progress.RECONCILING);
    }

    @Test
    void busyInstanceIsDrainedUntilTheDeadlineAfterTheDeletion() {
        Decision decision = given().loadedAt(ago(3600))
                .deleted()
                .with(busy())
                .drainsSince(ago(5))
                .drain(6)
                .decision();

        assertThat(decision.action()).isEqualTo(new Action.Wait());
        assertThat(decision.summary().reason()).isEqualTo(Reason.DRAINING);
        assertThat(decision.summary().progress()).isEqualTo(Progress.RECONCILING);
        assertThat(decision.revisitAt()).contains(in(1));
    }

    @Test
    void busyInstanceIsUnloadedAtTheDeadline() {
        Decision decision = given().loadedAt(ago(3600))
                .deleted()
                .with(busy())
                .drainsSince(ago(5))
                .drain(5)
                .decision();

        assertThat(decision.action()).isEqualTo(new Action.Execute(unload()));
    }

    @Test
    void deletionGoesOnWhileSuspended() {
        Decision decision = given().loadedAt(ago(3600)).deleted().suspended().decision();

        assertThat(decision.action()).isEqualTo(new Action.Execute(unload()));
    }

    @Test
    void deletedInstanceStaysAvailableWhileItDrains() {
        Decision decision = given().loadedAt(ago(3600))
                .deleted()
                .with(busy())
                .passed(ago(10))
                .decision();

        assertThat(decision.action()).isEqualTo(new Action.Wait());
        assertThat(decision.summary().reason()).isEqualTo(Reason.DRAINING);
        assertThat(decision.summary().available()).isEqualTo(ConditionStatus.TRUE);
    }

    @Test
    void deletedInstanceIsNotUnloadedWhileALinkedDeviceServesItsIdentifier() {
        PlanInputs conflict = given().loadedAt(ago(3600))
                .with(usedAt(ago(599)))
                .deleted()
                .besides(onDevice("laptop").apply(instance()));

        Decision decision = conflict.decision();

        assertThat(decision.action()).isEqualTo(new Action.Wait());
        assertThat(decision.summary().reason()).isEqualTo(Reason.IDENTIFIER_CONFLICT);
        assertThat(decision.summary().progress()).isEqualTo(Progress.RECONCILING);
        assertThat(decision.revisitAt()).contains(in(1));
        assertThat(conflict.desired("isReleaseForced", true).decision().action())
                .isEqualTo(new Action.RemoveFinalizer());
    }

    @Test
    void deletionBesideALinkedDeviceEndsWithTheTtl() {
        Decision decision = given().loadedAt(ago(3600))
                .with(usedAt(ago(600)))
                .deleted()
                .besides(onDevice("laptop").apply(instance()))
                .decision();

        assertThat(decision.action()).isEqualTo(new Action.RemoveFinalizer());
    }

    @Test
    void forceAlwaysLetsGo() {
        PlanInputs forced = givenServed().deleted().desired("isReleaseForced", true);

        assertThat(forced.decision().action()).isEqualTo(new Action.Execute(unload()));
        assertThat(forced.with(busy()).decision().action()).isEqualTo(new Action.RemoveFinalizer());
        assertThat(forced.slotHolder("team-a/chat").decision().action()).isEqualTo(new Action.RemoveFinalizer());
        assertThat(forced.interrupted().decision().action()).isEqualTo(new Action.RemoveFinalizer());
        assertThat(forced.desired("unreadable", java.util.List.of("spec.retention"))
                        .decision()
                        .action())
                .isEqualTo(new Action.RemoveFinalizer());
    }

    @Test
    void goneInstanceReleasesThoughALinkedDeviceServesItsIdentifier() {
        Decision decision = given().begun(REVISION)
                .deleted()
                .besides(onDevice("laptop").apply(instance()))
                .decision();

        assertThat(decision.action()).isEqualTo(new Action.RemoveFinalizer());
    }

    @Test
    void failedUnloadIsNotTriedAgainAtOnce() {
        Decision decision = given().loadedAt(ago(3600))
                .deleted()
                .failure(Reason.TIMED_OUT, ago(3), in(2))
                .decision();

        assertThat(decision.action()).isEqualTo(new Action.Wait());
        assertThat(decision.summary().reason()).isEqualTo(Reason.TIMED_OUT);
        assertThat(decision.summary().progress()).isEqualTo(Progress.RECONCILING);
        assertThat(decision.revisitAt()).contains(in(2));
    }

    @Test
    void failedUnloadIsTriedAgainWhenItsTimeHasCome() {
        Decision decision = given().loadedAt(ago(3600))
                .deleted()
                .failure(Reason.TIMED_OUT, ago(5), NOW)
                .decision();

        assertThat(decision.action()).isEqualTo(new Action.Execute(unload()));
    }

    @Test
    void deletionWaitsForLmStudioAndDescribesHowToForceIt() {
        Decision decision = givenServed().deleted().lmStudioUnknown().decision();

        assertThat(decision.action()).isEqualTo(new Action.Wait());
        assertThat(decision.summary().message()).contains("lmstudio-operator.dev/force-release=true");
    }

    @Test
    void forcedDeletionDoesNotWaitForLmStudio() {
        Decision decision = givenServed()
                .deleted()
                .lmStudioUnknown()
                .desired("isReleaseForced", true)
                .decision();

        assertThat(decision.action()).isEqualTo(new Action.RemoveFinalizer());
    }

    @Test
    void forcedDeletionUnloadsWhereItCan() {
        Decision decision =
                givenServed().deleted().desired("isReleaseForced", true).decision();

        assertThat(decision.action()).isEqualTo(new Action.Execute(unload()));
    }

    @Test
    void forceWithoutDeletionDoesNothing() {
        Decision decision = givenServed().desired("isReleaseForced", true).decision();

        assertThat(decision.summary().reason()).isEqualTo(Reason.VERIFIED);
    }
}
