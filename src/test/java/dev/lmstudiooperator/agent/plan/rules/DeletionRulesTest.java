package dev.lmstudiooperator.agent.plan.rules;

import static dev.lmstudiooperator.agent.plan.Situations.NOW;
import static dev.lmstudiooperator.agent.plan.Situations.REVISION;
import static dev.lmstudiooperator.agent.plan.Situations.ago;
import static dev.lmstudiooperator.agent.plan.Situations.busy;
import static dev.lmstudiooperator.agent.plan.Situations.given;
import static dev.lmstudiooperator.agent.plan.Situations.givenServed;
import static dev.lmstudiooperator.agent.plan.Situations.in;
import static dev.lmstudiooperator.agent.plan.Situations.instance;
import static dev.lmstudiooperator.agent.plan.Situations.onDevice;
import static dev.lmstudiooperator.agent.plan.Situations.recordedAt;
import static dev.lmstudiooperator.agent.plan.Situations.unload;
import static dev.lmstudiooperator.agent.plan.Situations.usedAt;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.agent.plan.Action;
import dev.lmstudiooperator.agent.plan.ConditionSummary.Progress;
import dev.lmstudiooperator.agent.plan.Decision;
import dev.lmstudiooperator.agent.plan.Situations;
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

        assertThat(decision.step()).isEqualTo(new Action.RemoveFinalizer());
    }

    @Test
    void retainedInstanceIsLetGoWithoutALook() {
        Decision decision = given().loadedAt(ago(3600))
                .deleted()
                .deletionPolicy(DeletionPolicy.RETAIN)
                .lmStudioUnknown()
                .decision();

        assertThat(decision.step()).isEqualTo(new Action.RemoveFinalizer());
    }

    @Test
    void nothingIsReleasedWhileItIsNotDeleted() {
        Decision decision = givenServed().deletionPolicy(DeletionPolicy.RETAIN).decision();

        assertThat(decision.step()).isEqualTo(new Action.Wait());
        assertThat(decision.finding().reason()).isEqualTo(Reason.VERIFIED);
    }

    @Test
    void runningUnloadIsAwaitedBeforeTheRelease() {
        Decision decision = given().loadedAt(ago(3600))
                .deleted()
                .deletionPolicy(DeletionPolicy.RETAIN)
                .running(unload())
                .decision();

        assertThat(decision.step()).isEqualTo(new Action.Wait());
        assertThat(decision.finding().reason()).isEqualTo(Reason.UNLOADING);
    }

    @Test
    void whatWasNeverLoadedIsLetGoWithoutALook() {
        Decision decision = given().lmStudioUnknown().deleted().decision();

        assertThat(decision.step()).isEqualTo(new Action.RemoveFinalizer());
        assertThat(decision.finding().message()).contains("Nothing was ever loaded");
        assertThat(decision.finding().available()).isEqualTo(ConditionStatus.FALSE);
    }

    @Test
    void strangersInstanceSurvivesTheDeletionOfAModelThatNeverUsedIt() {
        Decision decision = given().loaded().deleted().decision();

        assertThat(decision.step()).isEqualTo(new Action.RemoveFinalizer());
    }

    @Test
    void begunLoadIsLookedForBeforeTheRelease() {
        Decision decision = given().lmStudioUnknown().begun(REVISION).deleted().decision();

        assertThat(decision.step()).isEqualTo(new Action.Wait());
        assertThat(decision.finding().reason()).isEqualTo(Reason.LM_STUDIO_UNREACHABLE);
    }

    @Test
    void recordedInstanceIsLookedForBeforeTheRelease() {
        Decision decision = given().lmStudioUnknown()
                .recorded(recordedAt(ago(60)))
                .deleted()
                .decision();

        assertThat(decision.step()).isEqualTo(new Action.Wait());
        assertThat(decision.finding().reason()).isEqualTo(Reason.LM_STUDIO_UNREACHABLE);
    }

    @Test
    void unloadPolicyUnloadsWhatSomebodyElseLoaded() {
        Decision decision =
                given().loaded().deletionPolicy(DeletionPolicy.UNLOAD).deleted().decision();

        assertThat(decision.step()).isEqualTo(new Action.Mutate(unload()));
    }

    @Test
    void unloadPolicyUnloadsWhatWasAdopted() {
        Decision decision = given().loaded()
                .adopted()
                .deletionPolicy(DeletionPolicy.UNLOAD)
                .deleted()
                .decision();

        assertThat(decision.step()).isEqualTo(new Action.Mutate(unload()));
    }

    @Test
    void adoptedInstanceIsLeftWhereOnlyOwnLoadsAreUnloaded() {
        Decision decision = given().loaded().adopted().begun(REVISION).deleted().decision();

        assertThat(decision.step()).isEqualTo(new Action.RemoveFinalizer());
        assertThat(decision.finding().message()).contains("adopted");
    }

    @Test
    void instanceOfAnOlderClaimantIsLeft() {
        Decision decision = given().loadedAt(ago(3600))
                .deleted()
                .olderClaimant("team-a/chat")
                .decision();

        assertThat(decision.step()).isEqualTo(new Action.RemoveFinalizer());
        assertThat(decision.finding().message()).contains("team-a/chat");
    }

    @Test
    void instanceThatAYoungerClaimantStillNamesIsLeft() {
        Decision decision = given().loadedAt(ago(3600))
                .deleted()
                .youngerClaimant("team-b/chat")
                .decision();

        assertThat(decision.step()).isEqualTo(new Action.RemoveFinalizer());
        assertThat(decision.finding().message()).contains("team-b/chat");
    }

    @Test
    void youngerClaimantChangesNothingWhileTheOlderLives() {
        Decision decision = givenServed().youngerClaimant("team-b/chat").decision();

        assertThat(decision.step()).isEqualTo(new Action.Wait());
        assertThat(decision.finding().reason()).isEqualTo(Reason.VERIFIED);
    }

    @Test
    void goneInstanceReleases() {
        Decision decision = given().begun(REVISION).deleted().decision();

        assertThat(decision.step()).isEqualTo(new Action.RemoveFinalizer());
        assertThat(decision.finding().message()).contains("verified");
    }

    @Test
    void ownInstanceIsUnloadedWhenIdle() {
        Decision decision = given().loadedAt(ago(3600)).deleted().decision();

        assertThat(decision.step()).isEqualTo(new Action.Mutate(unload()));
        assertThat(decision.finding().reason()).isEqualTo(Reason.UNLOADING);
        assertThat(decision.finding().progress()).isEqualTo(Progress.RECONCILING);
    }

    @Test
    void busyInstanceIsDrainedUntilTheDeadlineAfterTheDeletion() {
        Decision decision = given().loadedAt(ago(3600))
                .deleted()
                .with(busy())
                .drainsSince(ago(5))
                .drain(6)
                .decision();

        assertThat(decision.step()).isEqualTo(new Action.Wait());
        assertThat(decision.finding().reason()).isEqualTo(Reason.DRAINING);
        assertThat(decision.finding().progress()).isEqualTo(Progress.RECONCILING);
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

        assertThat(decision.step()).isEqualTo(new Action.Mutate(unload()));
    }

    @Test
    void deletionGoesOnWhileSuspended() {
        Decision decision = given().loadedAt(ago(3600)).deleted().suspended().decision();

        assertThat(decision.step()).isEqualTo(new Action.Mutate(unload()));
    }

    @Test
    void deletedInstanceStaysAvailableWhileItDrains() {
        Decision decision = given().loadedAt(ago(3600))
                .deleted()
                .with(busy())
                .passed(ago(10))
                .decision();

        assertThat(decision.step()).isEqualTo(new Action.Wait());
        assertThat(decision.finding().reason()).isEqualTo(Reason.DRAINING);
        assertThat(decision.finding().available()).isEqualTo(ConditionStatus.TRUE);
    }

    @Test
    void deletedInstanceIsNotUnloadedWhileALinkedDeviceServesItsIdentifier() {
        Situations conflict = given().loadedAt(ago(3600))
                .with(usedAt(ago(599)))
                .deleted()
                .besides(onDevice("laptop").apply(instance()));

        Decision decision = conflict.decision();

        assertThat(decision.step()).isEqualTo(new Action.Wait());
        assertThat(decision.finding().reason()).isEqualTo(Reason.IDENTIFIER_CONFLICT);
        assertThat(decision.finding().progress()).isEqualTo(Progress.RECONCILING);
        assertThat(decision.revisitAt()).contains(in(1));
        assertThat(conflict.desired("isReleaseForced", true).decision().step()).isEqualTo(new Action.RemoveFinalizer());
    }

    @Test
    void deletionBesideALinkedDeviceEndsWithTheTtl() {
        Decision decision = given().loadedAt(ago(3600))
                .with(usedAt(ago(600)))
                .deleted()
                .besides(onDevice("laptop").apply(instance()))
                .decision();

        assertThat(decision.step()).isEqualTo(new Action.RemoveFinalizer());
    }

    @Test
    void forceAlwaysLetsGo() {
        Situations forced = givenServed().deleted().desired("isReleaseForced", true);

        assertThat(forced.decision().step()).isEqualTo(new Action.Mutate(unload()));
        assertThat(forced.with(busy()).decision().step()).isEqualTo(new Action.RemoveFinalizer());
        assertThat(forced.turnOf("team-a/chat").decision().step()).isEqualTo(new Action.RemoveFinalizer());
        assertThat(forced.interrupted().decision().step()).isEqualTo(new Action.RemoveFinalizer());
        assertThat(forced.desired("unreadable", java.util.List.of("spec.retention"))
                        .decision()
                        .step())
                .isEqualTo(new Action.RemoveFinalizer());
    }

    @Test
    void goneInstanceReleasesThoughALinkedDeviceServesItsIdentifier() {
        Decision decision = given().begun(REVISION)
                .deleted()
                .besides(onDevice("laptop").apply(instance()))
                .decision();

        assertThat(decision.step()).isEqualTo(new Action.RemoveFinalizer());
    }

    @Test
    void failedUnloadIsNotTriedAgainAtOnce() {
        Decision decision = given().loadedAt(ago(3600))
                .deleted()
                .failure(Reason.TIMED_OUT, ago(3), in(2))
                .decision();

        assertThat(decision.step()).isEqualTo(new Action.Wait());
        assertThat(decision.finding().reason()).isEqualTo(Reason.TIMED_OUT);
        assertThat(decision.finding().progress()).isEqualTo(Progress.RECONCILING);
        assertThat(decision.revisitAt()).contains(in(2));
    }

    @Test
    void failedUnloadIsTriedAgainWhenItsTimeHasCome() {
        Decision decision = given().loadedAt(ago(3600))
                .deleted()
                .failure(Reason.TIMED_OUT, ago(5), NOW)
                .decision();

        assertThat(decision.step()).isEqualTo(new Action.Mutate(unload()));
    }

    @Test
    void deletionWaitsForLmStudioAndSaysHowToForceIt() {
        Decision decision = givenServed().deleted().lmStudioUnknown().decision();

        assertThat(decision.step()).isEqualTo(new Action.Wait());
        assertThat(decision.finding().message()).contains("lmstudio-operator.dev/force-release=true");
    }

    @Test
    void forcedDeletionDoesNotWaitForLmStudio() {
        Decision decision = givenServed()
                .deleted()
                .lmStudioUnknown()
                .desired("isReleaseForced", true)
                .decision();

        assertThat(decision.step()).isEqualTo(new Action.RemoveFinalizer());
    }

    @Test
    void forcedDeletionUnloadsWhereItCan() {
        Decision decision =
                givenServed().deleted().desired("isReleaseForced", true).decision();

        assertThat(decision.step()).isEqualTo(new Action.Mutate(unload()));
    }

    @Test
    void forceWithoutDeletionDoesNothing() {
        Decision decision = givenServed().desired("isReleaseForced", true).decision();

        assertThat(decision.finding().reason()).isEqualTo(Reason.VERIFIED);
    }
}
