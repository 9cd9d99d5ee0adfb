package dev.lmstudiooperator.controller.modelset;

import dev.lmstudiooperator.api.v1alpha1.LMStudioNode;
import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelSet;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelSetStatus;
import dev.lmstudiooperator.api.v1alpha1.Reason;
import dev.lmstudiooperator.clock.SteadyClock;
import dev.lmstudiooperator.controller.cache.ManagedModelCache;
import dev.lmstudiooperator.controller.cache.PrimaryCache;
import dev.lmstudiooperator.controller.nodelifecycle.NodeHealthEvaluator;
import dev.lmstudiooperator.controller.scheduling.Binder;
import dev.lmstudiooperator.kubernetes.EventData;
import dev.lmstudiooperator.kubernetes.Existence;
import dev.lmstudiooperator.kubernetes.StatusApply;
import dev.lmstudiooperator.logging.LogEvent;
import dev.lmstudiooperator.logging.LogField;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Ignore;
import io.javaoperatorsdk.operator.api.reconciler.MaxReconciliationInterval;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.retry.GradualRetry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * Keeps the ManagedModels of each set as the set describes them. A decision to write is made on what the API server returns
 * without a cache. A cache that lags could otherwise lead to a second decision on the same state.
 */
@Ignore // Only the leader runs it, so Quarkus must not register it.
@GradualRetry(maxAttempts = -1, initialInterval = 500, intervalMultiplier = 2, maxInterval = 60_000)
@ControllerConfiguration(
        name = ModelSetReconciler.NAME,
        fieldManager = "lmstudio-operator-controller",
        generationAwareEventProcessing = true,
        triggerReconcilerOnAllEvents = true,
        maxReconciliationInterval = @MaxReconciliationInterval(interval = 1, timeUnit = TimeUnit.HOURS))
public final class ModelSetReconciler implements Reconciler<ManagedModelSet> {

    static final String NAME = "controller-managedmodelsets";

    private static final Duration AT_ONCE = Duration.ofMillis(1);

    /** Usually an event of the ManagedModel comes earlier. After a conflict, there may be none. */
    private static final Duration AFTER_A_CHANGE = Duration.ofMillis(500);

    /** How soon a refused creation is attempted again. */
    private static final Duration AFTER_A_REFUSAL = Duration.ofSeconds(30);

    private static final Logger LOG = Logger.getLogger(ModelSetReconciler.class);

    private final PrimaryCache<ManagedModelSet> sets;
    private final SetMembers members;
    private final SetWriter writer;
    private final EventData.Sink events;
    private final SteadyClock clock;

    /** Creates the reconciler. */
    public static ModelSetReconciler of(
            KubernetesClient client,
            PrimaryCache<ManagedModelSet> sets,
            ManagedModelCache models,
            PrimaryCache<LMStudioNode> nodes,
            NodeHealthEvaluator nodeHealth,
            Binder binder,
            EventData.Sink events,
            SteadyClock clock) {
        return new ModelSetReconciler(
                sets,
                new SetMembers(client, models, nodes, nodeHealth, binder, clock),
                new SetWriter(client, events, clock::wall),
                events,
                clock);
    }

    private ModelSetReconciler(
            PrimaryCache<ManagedModelSet> sets,
            SetMembers members,
            SetWriter writer,
            EventData.Sink events,
            SteadyClock clock) {
        this.sets = sets;
        this.members = members;
        this.writer = writer;
        this.events = events;
        this.clock = clock;
    }

    @Override
    public List<EventSource<?, ManagedModelSet>> prepareEventSources(EventSourceContext<ManagedModelSet> context) {
        return List.of(sets.connect(context));
    }

    @Override
    public UpdateControl<ManagedModelSet> reconcile(ManagedModelSet set, Context<ManagedModelSet> context) {
        if (context.isPrimaryResourceDeleted()) {
            sets.announceSuccessorOf(set);
            return UpdateControl.noUpdate();
        }
        if (set.isMarkedForDeletion()) {
            // Kubernetes deletes the ManagedModels, or leaves them, as the deletion says.
            return UpdateControl.noUpdate();
        }
        try {
            return sync(set, context);
        } catch (KubernetesClientException refusal) {
            if (!Existence.isGone(set, refusal, context.getClient())) {
                throw refusal;
            }
            return UpdateControl.noUpdate();
        }
    }

    private UpdateControl<ManagedModelSet> sync(ManagedModelSet set, Context<ManagedModelSet> context) {
        Instant now = clock.instant();
        Optional<String> unreadable = unreadable(set);
        if (unreadable.isPresent()) {
            SetStatus status = new SetStatus(set, clock);
            EventData event = EventData.warning(Reason.INVALID_SPEC, unreadable.get());
            return writeStatus(set, status, status.invalid(unreadable.get()), event, context);
        }
        List<ManagedModel> cached = members.cached(set);
        Planned planned = plan(set, cached, Set.of(), now);
        boolean isAtRest =
                planned.plan().isAtRest() && cached.stream().noneMatch(model -> isMoving(Membership.of(model, set)));
        return isAtRest ? report(planned, planned.plan().summary(), context) : act(set, now, context);
    }

    /** Reads what the plan depends on, plans again, and executes the plan. */
    private UpdateControl<ManagedModelSet> act(ManagedModelSet cached, Instant now, Context<ManagedModelSet> context) {
        ManagedModelSet set = context.getClient().resource(cached).get();
        if (set == null
                || !set.getMetadata().getUid().equals(cached.getMetadata().getUid())
                || !set.getMetadata()
                        .getGeneration()
                        .equals(cached.getMetadata().getGeneration())
                || set.isMarkedForDeletion()) {
            // The watch reports the change.
            return UpdateControl.noUpdate();
        }
        List<ManagedModel> current = members.current(set);
        Planned planned = plan(set, current, members.takenNames(set), now);
        if (current.stream().anyMatch(model -> isMoving(Membership.of(model, set)))) {
            current.forEach(model -> settle(model, planned.template()));
            return UpdateControl.<ManagedModelSet>noUpdate().rescheduleAfter(AFTER_A_CHANGE);
        }
        SetWriter.Result result = writer.execute(planned.plan(), planned.template(), current);
        SetSummary summary = planned.plan().summary();
        UpdateControl<ManagedModelSet> control = report(
                planned,
                result.refusal()
                        .map(why -> summary.with(Reason.FAILED_CREATE, why))
                        .orElse(summary),
                context);
        if (result.refusal().isPresent()) {
            return control.rescheduleAfter(AFTER_A_REFUSAL);
        }
        return result.isComplete() ? control : control.rescheduleAfter(AFTER_A_CHANGE);
    }

    private record Planned(SetTemplate template, SetStatus status, Plan plan, Instant now) {}

    private Planned plan(ManagedModelSet set, List<ManagedModel> candidates, Set<String> takenNames, Instant now) {
        SetTemplate template = SetTemplate.of(set);
        SetStatus status = new SetStatus(set, clock);
        return new Planned(
                template,
                status,
                Planner.plan(members.input(template, candidates, takenNames, status.before(), now)),
                now);
    }

    private static boolean isMoving(Membership membership) {
        return membership == Membership.ORPHAN || membership == Membership.RELEASED;
    }

    private void settle(ManagedModel model, SetTemplate template) {
        switch (Membership.of(model, template.set())) {
            case ORPHAN -> writer.adopt(model, template);
            case RELEASED -> writer.release(model, template.set());
            case MEMBER, OTHER -> {}
        }
    }

    private UpdateControl<ManagedModelSet> report(
            Planned planned, SetSummary summary, Context<ManagedModelSet> context) {
        EventData event = summary.isStalled() || summary.reason() == Reason.NO_MATCHING_NODE
                ? EventData.warning(summary.reason(), summary.message())
                : EventData.normal(summary.reason(), summary.message());
        UpdateControl<ManagedModelSet> control = writeStatus(
                planned.template().set(),
                planned.status(),
                planned.status().of(summary, planned.template().hash()),
                event,
                context);
        return planned.plan().reviewAt() == null
                ? control
                : control.rescheduleAfter(
                        Duration.between(planned.now(), planned.plan().reviewAt())
                                .plus(AT_ONCE));
    }

    /** A change of the reason is an Event; the counts are not. The writer reports a refused creation itself. */
    private UpdateControl<ManagedModelSet> writeStatus(
            ManagedModelSet set,
            SetStatus before,
            ManagedModelSetStatus status,
            EventData event,
            Context<ManagedModelSet> context) {
        if (before.isReported(status)) {
            return UpdateControl.noUpdate();
        }
        ManagedModelSet applied = new ManagedModelSet();
        applied.initNameAndNamespaceFrom(set);
        applied.setStatus(status);
        StatusApply.apply(set, applied, context.getClient(), exact -> context.resourceOperations()
                .serverSideApplyPrimaryStatus(exact));
        if (!before.isFor(event.reason()) && !Reason.FAILED_CREATE.text().equals(event.reason())) {
            events.record(set, event, clock.wall());
            LogEvent.of("ManagedModelSet changed")
                    .about(set)
                    .with(LogField.REASON, event.reason())
                    .with(LogField.DETAIL, event.note())
                    .info(LOG);
        }
        return UpdateControl.noUpdate();
    }

    /** The fields that this release cannot read, for example after a rollback. Nothing is done until they are corrected. */
    private static Optional<String> unreadable(ManagedModelSet set) {
        String prefix = ManagedModel.UNREADABLE_ANNOTATION_PREFIX;
        String problems = Optional.ofNullable(set.getMetadata().getAnnotations()).orElse(Map.of()).entrySet().stream()
                .filter(annotation -> annotation.getKey().startsWith(prefix))
                .map(annotation -> annotation.getKey().substring(prefix.length()) + " " + annotation.getValue())
                .sorted()
                .collect(Collectors.joining("; "));
        return problems.isEmpty()
                ? Optional.empty()
                : Optional.of("This release does not support a value: %s. Correct the field or upgrade the operator"
                        .formatted(problems));
    }
}
