package dev.lmstudiooperator.operator;

import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A {@link FakeAgent} that serves what is scheduled to its node: it reports each ManagedModel as not Available for the time of
 * a load, and then as Ready. It does not find models whose key begins with {@code missing}. With an API address it also holds
 * a finalizer, and waits until no Service sends requests to an instance before it reloads or unloads it.
 */
public final class ServingAgent implements AutoCloseable {

    private static final Duration LOAD_TIME = Duration.ofMillis(400);
    private static final PatchContext AS_AGENT = new PatchContext.Builder()
            .withPatchType(PatchType.SERVER_SIDE_APPLY)
            .withFieldManager("lmstudio-operator-agent")
            .withForce(true)
            .build();

    private static final ScheduledThreadPoolExecutor WORKING = new ScheduledThreadPoolExecutor(4, task -> {
        Thread thread = new Thread(task, "serving-agent");
        thread.setDaemon(true);
        return thread;
    });

    private final KubernetesClient client;
    private final FakeAgent agent;
    private final boolean isHolding;
    private final Set<String> failing = ConcurrentHashMap.newKeySet();
    private final Map<String, Instant> loading = new HashMap<>();
    private final ScheduledFuture<?> work;
    private volatile boolean isServing = true;

    private ServingAgent(KubernetesClient client, FakeAgent agent, boolean isHolding) {
        this.client = client;
        this.agent = agent;
        this.isHolding = isHolding;
        this.work = WORKING.scheduleWithFixedDelay(this::serveAll, 0, 100, TimeUnit.MILLISECONDS);
    }

    static ServingAgent start(KubernetesClient client, String node) {
        return new ServingAgent(client, FakeAgent.start(client, node), false);
    }

    /** Starts an agent whose node has this API address. */
    public static ServingAgent start(KubernetesClient client, String node, String apiAddress, Duration lease) {
        String status = "apiAddress: \"%s\"".formatted(apiAddress);
        return new ServingAgent(client, FakeAgent.start(client, node, status, lease), true);
    }

    String node() {
        return agent.name();
    }

    /** Stops the heartbeat, and everything else. */
    public void lose() {
        isServing = false;
        agent.stopHeartbeat();
    }

    public void comeBack() {
        agent.resumeHeartbeat();
        isServing = true;
    }

    /** From now on, the verification of the ManagedModel fails. */
    public void fail(String name) {
        failing.add(name);
    }

    public void recover(String name) {
        failing.remove(name);
    }

    private void serveAll() {
        if (!isServing) {
            return;
        }
        try {
            client.resources(ManagedModel.class)
                    .inAnyNamespace()
                    .withField("status.nodeName", agent.name())
                    .list()
                    .getItems()
                    .forEach(this::serve);
        } catch (KubernetesClientException e) {
            // The test changed or deleted an object meanwhile. An exception would end the work.
        }
    }

    private void serve(ManagedModel model) {
        boolean isFailing = failing.contains(model.getMetadata().getName());
        if (model.isMarkedForDeletion()) {
            if (isHolding && isWithdrawn(model)) {
                client.resource(model)
                        .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"metadata\":{\"finalizers\":null}}");
            }
            return;
        }
        if (isFailing && !"VerificationFailed".equals(AppliedModels.reason(model))) {
            report(model, "False", "VerificationFailed", "Stalled");
        }
        if (isFailing || isReported(model)) {
            return;
        }
        if (isHolding && model.getFinalizers().isEmpty()) {
            agent.hold(model);
        }
        if (isHolding && !isWithdrawn(model)) {
            return;
        }
        String version =
                model.getMetadata().getUid() + "/" + model.getMetadata().getGeneration();
        Instant begun = loading.get(version);
        if (begun == null) {
            loading.put(version, Instant.now());
            report(model, "False", "Loading", "Reconciling");
        } else if (Instant.now().isAfter(begun.plus(LOAD_TIME))) {
            if (model.getSpec().model().startsWith("missing")) {
                report(model, "False", "ModelNotFound", "Stalled");
            } else {
                report(model, "True", "Verified", null);
            }
        }
    }

    /** Whether no Service sends requests to the instance. Otherwise reports that the instance drains. */
    private boolean isWithdrawn(ManagedModel model) {
        if ("True".equals(AppliedModels.condition(model, "Available"))) {
            report(model, "False", "Draining", "Reconciling");
            return false;
        }
        return !"True".equals(AppliedModels.condition(model, "Published"));
    }

    /** A status that the controller wrote for a lost agent is not the agent's. */
    private static boolean isReported(ManagedModel model) {
        String reason = AppliedModels.reason(model);
        return Objects.equals(
                        Optional.ofNullable(model.getStatus())
                                .map(ManagedModelStatus::observedGeneration)
                                .orElse(null),
                        model.getMetadata().getGeneration())
                && ("Verified".equals(reason) || "ModelNotFound".equals(reason));
    }

    private void report(ManagedModel model, String ready, String reason, @Nullable String more) {
        String now = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
        String condition = "- {type: %s, status: \"%s\", reason: %s, message: %s, observedGeneration: %d,"
                + " lastTransitionTime: \"%s\"}%n  ";
        long generation = model.getMetadata().getGeneration();
        String conditions = condition.formatted("Ready", ready, reason, reason, generation, now)
                + condition.formatted("Available", ready, reason, reason, generation, now)
                + (more == null ? "" : condition.formatted(more, "True", reason, reason, generation, now));
        client.resource(Serialization.unmarshal(
                        """
                        apiVersion: lmstudio-operator.dev/v1alpha1
                        kind: ManagedModel
                        metadata: {name: %s, namespace: %s, uid: %s}
                        status:
                          observedGeneration: %d
                          conditions:
                          %s
                        """.formatted(
                                        model.getMetadata().getName(),
                                        model.getMetadata().getNamespace(),
                                        model.getMetadata().getUid(),
                                        generation,
                                        conditions.stripTrailing()),
                        ManagedModel.class))
                .subresource("status")
                .patch(AS_AGENT);
    }

    @Override
    public void close() {
        work.cancel(false);
        agent.close();
    }
}
