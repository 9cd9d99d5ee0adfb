package dev.lmstudiooperator.manifests;

import static dev.lmstudiooperator.controlplane.RetryOnConflict.edit;
import static dev.lmstudiooperator.manifests.RestrictionFixture.denied;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.lmstudiooperator.api.v1alpha1.NodeLease;
import dev.lmstudiooperator.controlplane.Account;
import dev.lmstudiooperator.controlplane.ControlPlane;
import dev.lmstudiooperator.controlplane.TestNamespace;
import dev.lmstudiooperator.controlplane.WithControlPlane;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the node restriction for Leases: which Leases each service account of the operator is allowed to write. */
@WithControlPlane
class LeaseRestrictionIT {

    private static final String OWN = NodeLease.nameFor("n1");
    private static final String OTHER = NodeLease.nameFor("n2");
    private static final String LEADER = "controller";
    private static final String LABEL = "labels: {" + NodeLease.LABEL + ": ''}";
    private static final String HELD = "spec: {holderIdentity: me, leaseDurationSeconds: 40}";
    private static final String TAKE = "{spec: {holderIdentity: thief}}";

    private final ControlPlane controlPlane;
    private final String elsewhere;
    private final RestrictionFixture<Lease> fixture;
    private final Account agent = Account.agentOn("n1");
    private final Account controller = Account.controller();
    private final Account all = Account.allOn("n1");

    LeaseRestrictionIT(ControlPlane controlPlane, TestNamespace namespace) {
        this.controlPlane = controlPlane;
        this.elsewhere = namespace.name();
        this.fixture = new RestrictionFixture<>(controlPlane, Lease.class, Account.OPERATOR_NAMESPACE);
    }

    @BeforeEach
    @AfterEach
    void takeTheLeasesAway() {
        Stream.of(OWN, OTHER, LEADER).forEach(fixture.people()::delete);
    }

    // The agent

    @Test
    void anAgentCreatesAndRenewsTheLeaseOfItsNode() {
        fixture.as(agent).create("name: " + OWN + ", " + LABEL, HELD);

        edit(fixture.as(agent).find(OWN), lease -> {
            lease.getSpec().setHolderIdentity("successor");
            return lease;
        });

        assertThat(holderOf(OWN)).isEqualTo("successor");
    }

    @Test
    void anAgentAppliesAndPatchesTheLeaseOfItsNode() {
        fixture.as(agent).apply(OWN, LABEL, HELD);
        assertThat(holderOf(OWN)).isEqualTo("me");

        fixture.as(agent).patch(OWN, "{spec: {holderIdentity: successor}}");
        assertThat(holderOf(OWN)).isEqualTo("successor");
    }

    @Test
    void anAgentCreatesItsLeaseAgain() {
        fixture.as(agent).create("name: " + OWN, HELD);
        fixture.people().delete(OWN);

        fixture.as(agent).create("name: " + OWN, HELD);

        assertThat(fixture.exists(OWN)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"node.n2", "controller", "node", "n1", "node.n1.more"})
    void anAgentCreatesNoOtherLease(String name) {
        String reason = "lmstudio-operator-agent of node n1 is not allowed to write Lease " + name
                + ": only node.n1, its heartbeat";

        denied(() -> fixture.as(agent).create("name: " + name, HELD), reason);
        denied(() -> fixture.as(agent).apply(name, LABEL, HELD), reason);
    }

    @Test
    void anAgentCreatesNoLeaseWithAGeneratedName() {
        denied(() -> fixture.as(agent).create("generateName: " + OWN, HELD), "is not allowed to write Lease " + OWN);
    }

    @ParameterizedTest
    @ValueSource(strings = {"node.n2", "controller"})
    void anAgentTakesNoOtherLease(String name) {
        fixture.people().create("name: " + name, HELD);
        String reason = "lmstudio-operator-agent of node n1 is not allowed to write Lease " + name;

        denied(() -> fixture.as(agent).patch(name, TAKE), reason);
        denied(() -> fixture.as(agent).apply(name, LABEL, HELD), reason);
        denied(
                () -> edit(fixture.as(agent).find(name), lease -> {
                    lease.getSpec().setHolderIdentity("thief");
                    return lease;
                }),
                reason);
    }

    @Test
    void aTokenThatNamesNoNodeWritesNoLease() {
        fixture.people().create("name: " + OWN, HELD);
        ApiClientAs<Lease> unbound = fixture.as(agent.withoutNode());
        String reason = "lmstudio-operator-agent is not allowed to write Leases with a token that is not bound"
                + " to a node: run it as a Pod on its node, or make its token with `kubectl create token --bound-object-kind Node --bound-object-name"
                + " <node>`";

        denied(() -> unbound.patch(OWN, TAKE), reason);
        denied(() -> unbound.create("name: " + LEADER, HELD), reason);
        denied(() -> unbound.create("name: node.x", HELD), reason);
    }

    @Test
    void operatorAccountsDoNotDeleteLeases() {
        fixture.people().create("name: " + OWN, HELD);

        Stream.of(agent, controller, all)
                .forEach(account -> denied(() -> fixture.as(account).delete(OWN), "cannot delete resource \"leases\""));
        denied(
                () -> fixture.asClimber().delete(OWN),
                "climber is not allowed to delete Leases: a Lease that is not renewed expires");
    }

    // The controller, and controller and agent in one process

    @Test
    void theControllerElectsItsLeader() {
        fixture.as(controller).create("name: " + LEADER, HELD);

        fixture.as(controller).patch(LEADER, "{spec: {holderIdentity: successor}}");

        assertThat(holderOf(LEADER)).isEqualTo("successor");
    }

    @Test
    void theCombinedRoleLeadsAndRenewsTheLeaseOfItsNode() {
        fixture.as(all).create("name: " + LEADER, HELD);
        fixture.as(all).create("name: " + OWN + ", " + LABEL, HELD);

        fixture.as(all).patch(LEADER, "{spec: {holderIdentity: successor}}");
        fixture.as(all).patch(OWN, "{spec: {holderIdentity: successor}}");

        assertThat(holderOf(LEADER)).isEqualTo("successor");
        assertThat(holderOf(OWN)).isEqualTo("successor");
    }

    // All other accounts

    @Test
    void leasesOfOtherAccountsAreNotRestricted() {
        var outside = new RestrictionFixture<>(controlPlane, Lease.class, elsewhere);

        assertThatCode(() -> {
                    outside.asClimber().create("name: any", HELD);
                    outside.asClimber().patch("any", TAKE);
                    outside.asClimber().delete("any");
                    fixture.people().create("name: " + OTHER, HELD);
                    fixture.people().patch(OTHER, TAKE);
                    fixture.people().delete(OTHER);
                })
                .doesNotThrowAnyException();
    }

    private String holderOf(String lease) {
        return fixture.stored(lease).getSpec().getHolderIdentity();
    }
}
