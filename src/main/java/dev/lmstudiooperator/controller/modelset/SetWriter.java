package dev.lmstudiooperator.controller.modelset;

import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelSet;
import dev.lmstudiooperator.api.v1alpha1.Reason;
import dev.lmstudiooperator.kubernetes.EventData;
import dev.lmstudiooperator.logging.LogEvent;
import dev.lmstudiooperator.logging.LogField;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * Creates, updates and deletes the ManagedModels of a set. Each write applies only to the version of the ManagedModel that
 * the plan is based on.
 */
final class SetWriter {

    private static final Logger LOG = Logger.getLogger(SetWriter.class);

    private final KubernetesClient client;
    private final EventData.Sink events;
    private final InstantSource wall;

    SetWriter(KubernetesClient client, EventData.Sink events, InstantSource wall) {
        this.client = client;
        this.events = events;
        this.wall = wall;
    }

    /**
     * The result of a plan.
     *
     * @param isComplete whether all writes succeeded; otherwise a ManagedModel has changed since it was read
     * @param refusal why the API server refused to create a ManagedModel; empty if it did not
     */
    record Result(boolean isComplete, Optional<String> refusal) {}

    /**
     * Executes the plan: first what frees nodes, then what needs them.
     *
     * @param models the ManagedModels on which the plan is based
     */
    Result execute(Plan plan, SetTemplate template, List<ManagedModel> models) {
        ManagedModelSet set = template.set();
        boolean isComplete = true;
        Map<String, ManagedModel> byName = models.stream()
                .collect(Collectors.toMap(model -> model.getMetadata().getName(), Function.identity()));
        for (Plan.Delete delete : plan.deletes()) {
            ManagedModel model = known(byName, delete.name());
            isComplete &= unlessChanged(() -> {
                client.resource(model)
                        .lockResourceVersion(model.getMetadata().getResourceVersion())
                        .delete();
                record(set, "SuccessfulDelete", "Deleted ManagedModel %s: %s".formatted(delete.name(), delete.why()));
            });
        }
        for (String name : plan.updates()) {
            isComplete &= unlessChanged(() -> {
                update(template.applyTo(known(byName, name)));
                record(set, "SuccessfulUpdate", "Updated ManagedModel %s to the current template".formatted(name));
            });
        }
        Result created = create(plan.creates(), template);
        return new Result(isComplete && created.isComplete(), created.refusal());
    }

    /** Makes the set the controller of an orphan. */
    void adopt(ManagedModel orphan, SetTemplate template) {
        ManagedModelSet set = template.set();
        List<OwnerReference> owners = new ArrayList<>(Membership.ownersWithout(orphan, set));
        owners.add(template.owner());
        var unused = unlessChanged(() -> {
            own(orphan, owners);
            record(
                    set,
                    "Adopted",
                    "Adopted ManagedModel " + orphan.getMetadata().getName());
        });
    }

    /** Removes the set from the owners of a ManagedModel, which goes on without it. */
    void release(ManagedModel member, ManagedModelSet set) {
        var unused = unlessChanged(() -> {
            own(member, Membership.ownersWithout(member, set));
            record(
                    set,
                    "Released",
                    "Released ManagedModel %s: it no longer has the label %s=%s"
                            .formatted(
                                    member.getMetadata().getName(),
                                    ManagedModelSet.SET_LABEL,
                                    set.getMetadata().getName()));
        });
    }

    /** Stops at the first refusal, because the others would be refused too. */
    private Result create(List<Plan.Create> creates, SetTemplate template) {
        ManagedModelSet set = template.set();
        boolean isComplete = true;
        for (Plan.Create create : creates) {
            try {
                client.resource(template.create(create)).create();
                record(set, "SuccessfulCreate", "Created ManagedModel " + create.name());
            } catch (KubernetesClientException refusal) {
                if (isConflict(refusal) && isOwn(create.name(), set, refusal)) {
                    isComplete = false;
                    continue;
                }
                String why = "Cannot create ManagedModel %s: %s".formatted(create.name(), refusal.getMessage());
                warn(set, why);
                return new Result(false, Optional.of(why));
            }
        }
        return new Result(isComplete, Optional.empty());
    }

    /**
     * Whether this set has created the ManagedModel, which a cache may not show yet. Fails with the conflict if the
     * ManagedModel does not exist, so that the framework retries.
     */
    private boolean isOwn(String name, ManagedModelSet set, KubernetesClientException conflict) {
        ManagedModel found = client.resources(ManagedModel.class)
                .inNamespace(set.getMetadata().getNamespace())
                .withName(name)
                .get();
        if (found == null) {
            throw conflict;
        }
        return Membership.of(found, set) == Membership.MEMBER;
    }

    private void own(ManagedModel model, List<OwnerReference> owners) {
        ManagedModel owned = new ManagedModel();
        owned.setMetadata(new ObjectMetaBuilder(model.getMetadata())
                .withOwnerReferences(owners)
                .build());
        owned.setSpec(model.getSpec());
        update(owned);
    }

    private void update(ManagedModel model) {
        client.resource(model)
                .lockResourceVersion(model.getMetadata().getResourceVersion())
                .update();
    }

    /** Returns false if the ManagedModel has changed or gone meanwhile. */
    private static boolean unlessChanged(Runnable write) {
        try {
            write.run();
            return true;
        } catch (KubernetesClientException refusal) {
            if (!isConflict(refusal) && refusal.getCode() != HttpURLConnection.HTTP_NOT_FOUND) {
                throw refusal;
            }
            return false;
        }
    }

    private static boolean isConflict(KubernetesClientException refusal) {
        return refusal.getCode() == HttpURLConnection.HTTP_CONFLICT;
    }

    private static ManagedModel known(Map<String, ManagedModel> byName, String name) {
        return Optional.ofNullable(byName.get(name)).orElseThrow();
    }

    private void record(ManagedModelSet set, String reason, String note) {
        events.record(set, new EventData(false, reason, note), wall.instant());
        LogEvent.of("ManagedModelSet changed a ManagedModel")
                .about(set)
                .with(LogField.REASON, reason)
                .with(LogField.DETAIL, note)
                .info(LOG);
    }

    private void warn(ManagedModelSet set, String note) {
        events.record(set, EventData.warning(Reason.FAILED_CREATE, note), wall.instant());
        LogEvent.of("Failed to create a ManagedModel of a set")
                .about(set)
                .with(LogField.ERROR, note)
                .warn(LOG);
    }
}
