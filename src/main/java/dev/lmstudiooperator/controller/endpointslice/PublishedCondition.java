package dev.lmstudiooperator.controller.endpointslice;

import static java.util.Objects.requireNonNullElse;

import dev.lmstudiooperator.api.v1alpha1.ConditionStatus;
import dev.lmstudiooperator.api.v1alpha1.ConditionType;
import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus;
import dev.lmstudiooperator.api.v1alpha1.Reason;
import dev.lmstudiooperator.kubernetes.Existence;
import dev.lmstudiooperator.kubernetes.StatusApply;
import dev.lmstudiooperator.kubernetes.StatusConditions;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.net.HttpURLConnection;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Writes the condition {@code Published} of ManagedModels, by server-side apply and only if it differs. */
final class PublishedCondition {

    /** Differs from the manager of the other conditions, so that each apply carries only this one. */
    private static final PatchContext APPLY = new PatchContext.Builder()
            .withPatchType(PatchType.SERVER_SIDE_APPLY)
            .withFieldManager("lmstudio-operator-services")
            .withForce(true)
            .build();

    private final KubernetesClient client;
    private final InstantSource wall;

    /** The answers to the last writes, by UID, because the cache may not contain them yet. */
    private final Map<String, ManagedModel> written = new ConcurrentHashMap<>();

    /** UIDs of ManagedModels whose last write failed. The API server may have executed it nevertheless. */
    private final Set<String> unconfirmed = ConcurrentHashMap.newKeySet();

    PublishedCondition(KubernetesClient client, InstantSource wall) {
        this.client = client;
        this.wall = wall;
    }

    /**
     * Reports that Services will send requests to the instance. Fails with a conflict if the ManagedModel has changed since it
     * was read, because its agent may have begun to drain it.
     *
     * @param services the names of the Services
     */
    void announce(ManagedModel model, List<String> services) {
        if (!isAvailable(latest(model))) {
            throw new KubernetesClientException(
                    "The ManagedModel is not Available any more", HttpURLConnection.HTTP_CONFLICT, null);
        }
        publish(model, services);
    }

    /**
     * Reports that Services send requests to the instance. Does nothing if it is not available any more, because the Services
     * are about to withdraw it.
     */
    void publishAgain(ManagedModel model, List<String> services) {
        if (isAvailable(latest(model))) {
            publish(model, services);
        }
    }

    private void publish(ManagedModel model, List<String> services) {
        write(
                model,
                ConditionStatus.TRUE,
                Reason.ENDPOINT_READY,
                "%s %s requests to the instance"
                        .formatted(
                                services.size() == 1
                                        ? "Service " + services.getFirst()
                                        : "Services " + String.join(", ", services),
                                services.size() == 1 ? "sends" : "send"));
    }

    /** @param obstacle why no Service sends requests to the instance, as a clause */
    void withdraw(ManagedModel model, String obstacle) {
        write(
                model,
                ConditionStatus.FALSE,
                Reason.ENDPOINT_WITHDRAWN,
                "No Service sends requests to the instance: " + obstacle);
    }

    /** Reports that no Service selects the ManagedModel. */
    void remove(ManagedModel model) {
        if (isUnconfirmed(model) || current(latest(model)).isPresent()) {
            apply(model, List.of(), false);
        }
    }

    /** Forgets a ManagedModel that no longer exists. */
    void forget(String uid) {
        written.remove(uid);
        unconfirmed.remove(uid);
    }

    private void write(ManagedModel model, ConditionStatus truth, Reason reason, String message) {
        ManagedModel latest = latest(model);
        Condition condition = new StatusConditions.Setter(
                        status(latest).conditions(),
                        requireNonNullElse(latest.getMetadata().getGeneration(), 0L),
                        wall.instant())
                .condition(ConditionType.PUBLISHED, truth, reason, message);
        boolean isReported = !isUnconfirmed(model)
                && current(latest)
                        .filter(before -> before.getStatus().equals(condition.getStatus())
                                && before.getReason().equals(condition.getReason())
                                && before.getMessage().equals(condition.getMessage()))
                        .isPresent();
        if (!isReported) {
            boolean isNews = current(latest)
                    .filter(before -> before.getStatus().equals(condition.getStatus()))
                    .isEmpty();
            apply(latest, List.of(condition), truth == ConditionStatus.TRUE && isNews);
        }
    }

    /** @param isExact whether the write must fail if the ManagedModel has changed */
    private void apply(ManagedModel model, List<Condition> conditions, boolean isExact) {
        ManagedModel applied = new ManagedModel();
        applied.initNameAndNamespaceFrom(model);
        if (isExact) {
            applied.getMetadata().setResourceVersion(model.getMetadata().getResourceVersion());
        }
        applied.setStatus(new ManagedModelStatus(
                null, null, null, null, null, null, null, null, null, null, null, null, conditions));
        String uid = model.getMetadata().getUid();
        unconfirmed.add(uid);
        try {
            written.put(uid, isExact ? patch(applied) : StatusApply.apply(model, applied, client, this::patch));
            unconfirmed.remove(uid);
        } catch (KubernetesClientException e) {
            if (isExact || !Existence.isGone(model, e, client)) {
                throw e;
            }
        }
    }

    private boolean isUnconfirmed(ManagedModel model) {
        return unconfirmed.contains(model.getMetadata().getUid());
    }

    private ManagedModel patch(ManagedModel applied) {
        return client.resource(applied).subresource("status").patch(APPLY);
    }

    /** The newer of the cached ManagedModel and the answer to the last write. */
    private ManagedModel latest(ManagedModel cached) {
        ManagedModel own = written.get(cached.getMetadata().getUid());
        if (own == null || version(own) > version(cached)) {
            return own == null ? cached : own;
        }
        written.remove(cached.getMetadata().getUid(), own);
        return cached;
    }

    /** Resource versions of one object are numbers that grow. */
    private static long version(ManagedModel model) {
        return Long.parseLong(model.getMetadata().getResourceVersion());
    }

    private static boolean isAvailable(ManagedModel model) {
        return !model.isMarkedForDeletion()
                && StatusConditions.isTrue(status(model).conditions(), ConditionType.AVAILABLE);
    }

    private static Optional<Condition> current(ManagedModel model) {
        return StatusConditions.find(status(model).conditions(), ConditionType.PUBLISHED);
    }

    private static ManagedModelStatus status(ManagedModel model) {
        return requireNonNullElse(model.getStatus(), ManagedModelStatus.UNOBSERVED);
    }
}
