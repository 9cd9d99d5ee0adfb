package dev.lmstudiooperator.manifests;

import static dev.lmstudiooperator.manifests.RestrictionFixture.denied;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelSet;
import dev.lmstudiooperator.controlplane.Account;
import dev.lmstudiooperator.controlplane.ControlPlane;
import dev.lmstudiooperator.controlplane.TestNamespace;
import dev.lmstudiooperator.controlplane.WithControlPlane;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The controller writes the ManagedModels of sets and no others, and an agent writes no set. */
@WithControlPlane
class ReplicaRestrictionIT {

    private static final String SPEC = "spec: {model: llama}";
    private static final String SET = "spec: {template: {spec: {model: llama}}}";
    private static final String OWNER =
            "ownerReferences: [{apiVersion: lmstudio-operator.dev/v1alpha1, kind: %s, name: chat, uid: u1, controller: %s}]";
    private static final String OF_SET = OWNER.formatted("ManagedModelSet", true);

    private final RestrictionFixture<ManagedModel> models;
    private final RestrictionFixture<ManagedModelSet> sets;
    private final Account agent = Account.agentOn("n1");

    ReplicaRestrictionIT(ControlPlane controlPlane, TestNamespace namespace) {
        this.models = new RestrictionFixture<>(controlPlane, ManagedModel.class, namespace.name());
        this.sets = new RestrictionFixture<>(controlPlane, ManagedModelSet.class, namespace.name());
    }

    static Stream<Account> leaders() {
        return Stream.of(Account.controller(), Account.allOn("n1"));
    }

    // ManagedModels

    @ParameterizedTest
    @MethodSource("leaders")
    void theControllerCreatesChangesAndDeletesAReplica(Account leader) {
        String replica = models.as(leader).create("generateName: replica-, labels: {team: a}, " + OF_SET, SPEC);

        models.as(leader).patch(replica, "{spec: {ttlSeconds: 60}, metadata: {labels: {team: b}}}");
        assertThat(models.stored(replica).getSpec().ttlSeconds()).isEqualTo(60);

        models.as(leader).delete(replica);
        assertThat(models.exists(replica)).isFalse();
    }

    @ParameterizedTest
    @MethodSource("leaders")
    void theControllerAdoptsAndReleases(Account leader) {
        String orphan = models.people().create("generateName: orphan-", SPEC);

        models.as(leader).patch(orphan, "{metadata: {" + OF_SET + "}}");
        assertThat(models.stored(orphan).getMetadata().getOwnerReferences()).hasSize(1);

        models.as(leader).patch(orphan, "{metadata: {ownerReferences: null}}");
        assertThat(models.stored(orphan).getMetadata().getOwnerReferences()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("leaders")
    void theControllerDoesNotCreateChangeOrDeleteOtherModels(Account leader) {
        String model = models.people().create("generateName: own-", SPEC);
        String reason = " is not allowed to create or delete ManagedModels: they belong to their users or to a"
                + " ManagedModelSet";

        denied(() -> models.as(leader).create("name: made-by-controller", SPEC), reason);
        denied(
                () -> models.as(leader).create("name: made, " + OWNER.formatted("ManagedModelSet", false), SPEC),
                reason);
        denied(() -> models.as(leader).create("name: made, " + OWNER.formatted("Deployment", true), SPEC), reason);
        denied(() -> models.as(leader).delete(model), reason);
        denied(() -> models.as(leader).patch(model, "{spec: {ttlSeconds: 60}}"), "the spec belongs to its users");
    }

    @ParameterizedTest
    @MethodSource("leaders")
    void adoptionChangesNothingElse(Account leader) {
        String model = models.people().create("generateName: own-, labels: {team: a}", SPEC);

        denied(
                () -> models.as(leader).patch(model, "{metadata: {labels: {team: b}, " + OF_SET + "}}"),
                "is not allowed to change labels");
        denied(
                () -> models.as(leader).patch(model, "{spec: {ttlSeconds: 60}, metadata: {" + OF_SET + "}}"),
                "the spec belongs to its users");
        denied(
                () -> models.as(leader).patch(model, "{metadata: {" + OWNER.formatted("Deployment", true) + "}}"),
                "is not allowed to change labels, annotations or ownerReferences");
    }

    @Test
    void anAgentCreatesChangesAndDeletesNoReplica() {
        String replica = models.people().create("generateName: replica-, " + OF_SET, SPEC);
        models.people().patchStatus(replica, "{status: {nodeName: n1}}");

        denied(() -> models.as(agent).create("name: made-by-agent, " + OF_SET, SPEC), "cannot create resource");
        denied(() -> models.as(agent).delete(replica), "cannot delete resource");
        denied(() -> models.as(agent).patch(replica, "{spec: {ttlSeconds: 60}}"), "the spec belongs to its users");
        denied(
                () -> models.as(agent).patch(replica, "{metadata: {ownerReferences: null}}"),
                "is not allowed to change labels, annotations or ownerReferences");
        denied(
                () -> models.asClimber().create("name: made-by-climber, " + OF_SET, SPEC),
                "climber is not allowed to create or delete ManagedModels");
    }

    // ManagedModelSets

    @ParameterizedTest
    @MethodSource("leaders")
    void theControllerWritesTheStatusOfASetAndNothingElse(Account leader) {
        String set = sets.people().create("generateName: set-, labels: {team: a}", SET);

        sets.as(leader).applyStatus(set, "{replicas: 1}");
        assertThat(sets.stored(set).getStatus().replicas()).isEqualTo(1);
        denied(() -> sets.as(leader).patch(set, "{spec: {replicas: 3}}"), "cannot patch resource");
        denied(() -> sets.as(leader).delete(set), "cannot delete resource");
        denied(() -> sets.as(leader).create("name: made-by-controller", SET), "cannot create resource");
    }

    @Test
    void anAgentDoesNotReadOrWriteASet() {
        String set = sets.people().create("generateName: set-", SET);

        denied(() -> sets.as(agent).find(set).get(), "cannot get resource");
        denied(() -> sets.as(agent).applyStatus(set, "{replicas: 1}"), "cannot patch resource");
    }

    @Test
    void theRestrictionHoldsEvenIfRbacAllowsMore() {
        String set = sets.people().create("generateName: set-", SET);
        String reason = "climber is not allowed to change ManagedModelSets: only the controller writes their status";

        denied(() -> sets.asClimber().applyStatus(set, "{replicas: 1}"), reason);
        denied(() -> sets.asClimber().patch(set, "{spec: {replicas: 3}}"), reason);
        denied(() -> sets.asClimber().create("name: made-by-climber", SET), reason);
        denied(() -> sets.asClimber().delete(set), reason);
    }
}
