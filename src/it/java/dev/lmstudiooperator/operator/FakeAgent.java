package dev.lmstudiooperator.operator;

import dev.lmstudiooperator.api.v1alpha1.LMStudioNode;
import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.api.v1alpha1.NodeLease;
import dev.lmstudiooperator.controlplane.Account;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * A fake agent for tests of the controller. It has an LMStudioNode, a Lease that it renews until a test stops the heartbeat,
 * and it writes the status of its ManagedModels. It has no LM Studio. Tests control its actions.
 */
final class FakeAgent implements AutoCloseable {

    private static final PatchContext AS_AGENT = new PatchContext.Builder()
            .withPatchType(PatchType.SERVER_SIDE_APPLY)
            .withFieldManager("lmstudio-operator-agent")
            .withForce(true)
            .build();

    private static final Duration SHORT = Duration.ofSeconds(4);
    private static final ScheduledThreadPoolExecutor RENEWING = new ScheduledThreadPoolExecutor(2, task -> {
        Thread thread = new Thread(task, "stand-in");
        thread.setDaemon(true);
        return thread;
    });

    private final KubernetesClient client;
    private final String name;
    private final Duration lease;
    private ScheduledFuture<?> renewal;
    private volatile String status = "";
    private volatile boolean hasReturned;

    private FakeAgent(KubernetesClient client, String name, Duration lease) {
        this.client = client;
        this.name = name;
        this.lease = lease;
        this.renewal = renewing();
    }

    /** Starts a fake agent. The rest of the node status is given in YAML's flow style. */
    static FakeAgent start(KubernetesClient client, String name, String status) {
        return start(client, name, status, SHORT);
    }

    /** Starts a fake agent with another Lease duration. It renews the Lease four times per duration. */
    static FakeAgent start(KubernetesClient client, String name, String status, Duration lease) {
        client.resource(Serialization.unmarshal("""
                        apiVersion: lmstudio-operator.dev/v1alpha1
                        kind: LMStudioNode
                        metadata: {name: %s}
                        """.formatted(name), LMStudioNode.class))
                .create();
        FakeAgent agent = new FakeAgent(client, name, lease);
        agent.report(status);
        return agent;
    }

    static FakeAgent start(KubernetesClient client, String name) {
        return start(client, name, "");
    }

    String name() {
        return name;
    }

    /** Applies a status of the node. */
    void report(String reported) {
        status = reported;
        client.resource(Serialization.unmarshal("""
                        apiVersion: lmstudio-operator.dev/v1alpha1
                        kind: LMStudioNode
                        metadata: {name: %s}
                        status:
                          conditions:
                          - {type: Ready, status: "True", reason: Reachable, message: "", lastTransitionTime: "2026-01-01T00:00:00Z"}
                          %s
                        """.formatted(name, reported), LMStudioNode.class))
                .subresource("status")
                .patch(AS_AGENT);
    }

    /** Writes the status that an agent writes for a served ManagedModel. */
    void serve(ManagedModel model) {
        serve(model, "True", "Verified");
    }

    /** Writes the status that an agent writes for a ManagedModel in this state. */
    void serve(ManagedModel model, String available, String reason) {
        client.resource(Serialization.unmarshal(
                        """
                        apiVersion: lmstudio-operator.dev/v1alpha1
                        kind: ManagedModel
                        metadata: {name: %s, namespace: %s, finalizers: [lmstudio-operator.dev/agent]}
                        status:
                          observedGeneration: %d
                          loadRevision: abc
                          conditions:
                          - {type: Ready, status: "%s", reason: %s, message: served, lastTransitionTime: "2026-01-01T00:00:00Z"}
                          - {type: Available, status: "%s", reason: %s, message: served, lastTransitionTime: "2026-01-01T00:00:00Z"}
                        """.formatted(
                                        model.getMetadata().getName(),
                                        model.getMetadata().getNamespace(),
                                        model.getMetadata().getGeneration(),
                                        available,
                                        reason,
                                        available,
                                        reason),
                        ManagedModel.class))
                .subresource("status")
                .patch(AS_AGENT);
    }

    /** Adds the agent's finalizer to a ManagedModel. */
    void hold(ManagedModel model) {
        client.resource(model)
                .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        "{\"metadata\":{\"finalizers\":[\"%s\"]}}".formatted(ManagedModel.FINALIZER));
    }

    /** Stops the heartbeat. */
    void stopHeartbeat() {
        renewal.cancel(true);
    }

    /**
     * Starts the heartbeat again. The controller may write the status after the first report of the returned agent. From
     * now on the fake agent corrects the status with each heartbeat, as an agent does.
     */
    void resumeHeartbeat() {
        hasReturned = true;
        renewal = renewing();
    }

    private void beat() {
        renew();
        try {
            if (hasReturned) {
                report(status);
            }
        } catch (KubernetesClientException e) {
            // The test deleted the LMStudioNode. An exception would end the heartbeat.
        }
    }

    private ScheduledFuture<?> renewing() {
        renew();
        long quarter = lease.toMillis() / 4;
        return RENEWING.scheduleAtFixedRate(this::beat, quarter, quarter, TimeUnit.MILLISECONDS);
    }

    private void renew() {
        Lease renewed = new LeaseBuilder()
                .withNewMetadata()
                .withName(NodeLease.nameFor(name))
                .withNamespace(Account.OPERATOR_NAMESPACE)
                .addToLabels(NodeLease.LABEL, "")
                .endMetadata()
                .withNewSpec()
                .withHolderIdentity("stand-in-" + name)
                .withLeaseDurationSeconds((int) lease.toSeconds())
                .withRenewTime(ZonedDateTime.now(ZoneOffset.UTC))
                .endSpec()
                .build();
        client.resource(renewed).fieldManager("stand-in").forceConflicts().serverSideApply();
    }

    @Override
    public void close() {
        stopHeartbeat();
    }
}
