package dev.lmstudiooperator.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.agent.managedmodel.PlanInputFactory;
import dev.lmstudiooperator.agent.operation.OperationResult;
import dev.lmstudiooperator.agent.plan.Action.ModelOperation;
import dev.lmstudiooperator.agent.plan.Decision;
import dev.lmstudiooperator.agent.plan.Desired;
import dev.lmstudiooperator.agent.plan.DuplicateInstances;
import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelSpec;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus;
import dev.lmstudiooperator.api.v1alpha1.Reason;
import dev.lmstudiooperator.lmstudio.Instance;
import dev.lmstudiooperator.lmstudio.Observation;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Simulates a node: its time, its LM Studio, its ManagedModels and its agent. Forbidden actions fail at once. */
final class SimulatedNode implements SteppedAgent.Node {

    /** Identifier prefix of unmanaged instances that the agent must never unload. */
    static final String STRANGER = "stranger";

    private final SimulatedTime time = new SimulatedTime();
    private final LmStudioInMemory lmStudio;
    private final boolean doCancelledLoadsLand;
    private final Map<ResourceID, ManagedModel> models = new LinkedHashMap<>();
    private final Set<String> usedUp = new HashSet<>();
    private final List<String> story = new ArrayList<>();
    private SteppedAgent agent;
    private @Nullable ModelOperation running;
    private int passes;
    private int loads;
    private int goodLoads;
    private int created;
    private boolean isMemoryLost;
    private boolean isNameShared;

    SimulatedNode(int memory, LmStudioInMemory.Whim usualWhim, boolean doCancelledLoadsLand) {
        this.lmStudio = new LmStudioInMemory(memory, usualWhim, time.instant());
        this.doCancelledLoadsLand = doCancelledLoadsLand;
        this.agent = new SteppedAgent(this, lmStudio, time);
    }

    LmStudioInMemory lmStudio() {
        return lmStudio;
    }

    /** Returns LM Studio before another client loads an instance with this identifier. */
    LmStudioInMemory strangersOwn(String identifier) {
        isNameShared |= models.values().stream()
                .anyMatch(model -> Desired.identifier(model).equals(identifier));
        return lmStudio;
    }

    int passes() {
        return passes;
    }

    int loads() {
        return loads;
    }

    int goodLoads() {
        return goodLoads;
    }

    /**
     * Second copies of the desired instances. Copies for an older spec expire with their TTL. A restarted agent cannot
     * know the owner of earlier copies. The owner is also unknown if another client has used the identifier.
     */
    List<String> secondCopies() {
        return isMemoryLost || isNameShared
                ? List.of()
                : models.keySet().stream()
                        .map(owner -> new AtRest(this, owner))
                        .filter(atRest -> !atRest.isHandsOff())
                        .flatMap(atRest -> DuplicateInstances.of(atRest.desired(), observed()).stream())
                        .toList();
    }

    int looks() {
        return agent.observer().looks();
    }

    Observation observed() {
        return agent.observer().current();
    }

    // Actions of users

    void create(String name, ManagedModelSpec spec) {
        ResourceID owner = new ResourceID(name, "team");
        if (models.containsKey(owner)) {
            change(name, before -> AnyHistory.named(spec, before.identifier(), before.suspend()));
            return;
        }
        created++;
        ObjectMeta metadata = new ObjectMetaBuilder()
                .withNamespace(owner.getNamespace().orElseThrow())
                .withName(name)
                .withUid("uid-" + created)
                .withGeneration(1L)
                .withCreationTimestamp(time.instant().toString())
                .build();
        trace("created " + spec);
        ManagedModel model = put(metadata, spec, ManagedModelStatus.UNOBSERVED);
        agent.appeared(model);
    }

    void change(String name, UnaryOperator<ManagedModelSpec> change) {
        edit(name, model -> {
            ManagedModelSpec spec = change.apply(model.getSpec());
            if (model.getMetadata().getDeletionTimestamp() == null && !spec.equals(model.getSpec())) {
                put(
                        new ObjectMetaBuilder(model.getMetadata())
                                .withGeneration(model.getMetadata().getGeneration() + 1)
                                .build(),
                        spec,
                        model.getStatus());
            }
        });
    }

    void askForReload(String name) {
        edit(
                name,
                model -> put(
                        new ObjectMetaBuilder(model.getMetadata())
                                .withAnnotations(Map.of(
                                        ManagedModel.RELOAD_ANNOTATION,
                                        time.instant().toString()))
                                .build(),
                        model.getSpec(),
                        model.getStatus()));
    }

    void delete(String name) {
        edit(name, model -> {
            if (model.getMetadata().getDeletionTimestamp() == null) {
                put(
                        new ObjectMetaBuilder(model.getMetadata())
                                .withDeletionTimestamp(time.instant().toString())
                                .build(),
                        model.getSpec(),
                        model.getStatus());
            }
        });
    }

    void loseTheLease(Duration duration, boolean isApiServerReachable) {
        agent.loseTheLease(duration, isApiServerReachable);
    }

    void setWallClock(Duration action) {
        time.setWall(action);
        agent.clockWasSet();
    }

    void restartAgent(boolean hasCallItsEffect) {
        isMemoryLost = true;
        agent.die(hasCallItsEffect);
        // The next process treats a load that no status reports yet as interrupted.
        usedUp.retainAll(models.values().stream()
                .map(model -> used(model, PlanInputFactory.status(model).loadedRevision()))
                .toList());
        running = null;
        agent = new SteppedAgent(this, lmStudio, time);
    }

    // Time

    void proceed(Duration duration) {
        Instant end = time.in(duration);
        while (!time.isPast(end)) {
            exhaust();
            Instant next = Stream.of(agent.nextDueAt().stream(), lmStudio.nextChangeAt().stream(), Stream.of(end))
                    .flatMap(times -> times)
                    .min(Instant::compareTo)
                    .orElse(end);
            time.proceed(next);
            lmStudio.proceed(time.instant());
        }
        exhaust();
    }

    /** Advances the time by at most this duration. Returns whether all models came to rest. */
    boolean comesToRestWithin(Duration duration) {
        Instant end = time.in(duration);
        while (!isAtRest()) {
            if (time.isPast(end)) {
                return false;
            }
            proceed(Duration.ofSeconds(10));
        }
        return true;
    }

    private void exhaust() {
        for (int i = 0; agent.action(); i++) {
            if (i > 1000) {
                throw new AssertionError("Reconciliations trigger each other without end: " + this);
            }
        }
    }

    private boolean isAtRest() {
        return !agent.isBusy()
                && lmStudio.isLate()
                && lmStudio.changedAt().isBefore(agent.observer().observedAt())
                && models.keySet().stream().allMatch(owner -> new AtRest(this, owner).isReached());
    }

    // Current state

    Optional<Decision> lastDecision(ResourceID owner) {
        return agent.lastDecision(owner);
    }

    Set<ResourceID> owners() {
        return Set.copyOf(models.keySet());
    }

    Optional<Instance> instance(String identifier) {
        return lmStudio.instances().stream()
                .filter(i -> i.identifier().equals(identifier))
                .findFirst();
    }

    private void edit(String name, Consumer<ManagedModel> edit) {
        ResourceID owner = new ResourceID(name, "team");
        ManagedModel model = models.get(owner);
        if (model != null) {
            edit.accept(model);
            ManagedModel after = Objects.requireNonNull(models.get(owner));
            Desired desired = Desired.of(after);
            trace("edited to " + desired);
            if (!Desired.of(model).loadRevision().equals(desired.loadRevision())) {
                usedUp.removeIf(used -> used.startsWith(model.getMetadata().getUid() + "/"));
            }
            agent.changed(owner);
        }
    }

    private ManagedModel put(ObjectMeta metadata, ManagedModelSpec spec, ManagedModelStatus status) {
        ManagedModel model = new ManagedModel();
        model.setMetadata(metadata);
        model.setSpec(spec);
        model.setStatus(status);
        models.put(ResourceID.fromResource(model), model);
        return model;
    }

    // Agent

    @Override
    public Optional<ManagedModel> get(ResourceID owner) {
        return Optional.ofNullable(models.get(owner));
    }

    @Override
    public Stream<ManagedModel> list() {
        return models.values().stream();
    }

    @Override
    public ManagedModel write(ManagedModel model, ManagedModelStatus status) {
        passes++;
        trace(ResourceID.fromResource(model) + " " + status.phase() + " "
                + Objects.requireNonNullElse(status.conditions(), List.<Condition>of()).stream()
                        .map(c -> c.getType() + "=" + c.getStatus() + "/" + c.getReason())
                        .toList());
        assertThat(agent.isLeaseExpired()
                        && Objects.requireNonNullElse(status.conditions(), List.<Condition>of()).stream()
                                .anyMatch(condition -> condition.getStatus().equals("True")
                                        && Set.of("Ready", "Available").contains(condition.getType())))
                .as("no model is Ready or Available while the node Lease is expired: %s", this)
                .isFalse();
        String loaded = status.loadedRevision();
        boolean isNews = !Objects.equals(loaded, PlanInputFactory.status(model).loadedRevision());
        if (loaded != null && isNews && Desired.of(model).isTemporary()) {
            usedUp.add(used(model, loaded));
        }
        return put(model.getMetadata(), model.getSpec(), status);
    }

    @Override
    public void release(ManagedModel model) {
        trace("released " + ResourceID.fromResource(model));
        models.remove(ResourceID.fromResource(model));
    }

    @Override
    public boolean doCancelledLoadsLand() {
        return doCancelledLoadsLand;
    }

    @Override
    public void begins(ResourceID owner, ModelOperation operation, Decision decision) {
        trace("begins " + operation + " for " + owner);
        assertThat(running).as("one operation at a time: %s", this).isNull();
        running = operation;
        Desired desired = Desired.of(Objects.requireNonNull(models.get(owner)));
        assertThat(desired.isSuspended() && !desired.isDeleted())
                .as("no operation for a suspended model: %s", this)
                .isFalse();
        switch (operation) {
            case ModelOperation.Load load -> beginsLoad(owner, load, desired);
            case ModelOperation.Unload unload -> startsUnload(owner, unload, decision);
        }
    }

    private void beginsLoad(ResourceID owner, ModelOperation.Load load, Desired desired) {
        loads++;
        assertThat(desired.isDeleted())
                .as("no load for a deleted model: %s", this)
                .isFalse();
        assertThat(load.request().ttl()).as("every load has its TTL: %s", this).isEqualTo(desired.ttl());
        assertThat(load.identifier()).as("%s", this).isEqualTo(desired.identifier());
        assertThat(load.request().modelKey()).as("%s", this).isEqualTo(desired.modelKey());
        assertThat(lmStudio.isOnDisk(desired.modelKey()))
                .as("only models on disk are loaded: %s", this)
                .isTrue();
        if (lmStudio.changedAt().isBefore(agent.observer().observedAt())) {
            assertThat(instance(load.identifier()))
                    .as("an identifier is loaded once: %s", this)
                    .isEmpty();
        }
        if (desired.isTemporary()) {
            assertThat(usedUp)
                    .as("a Temporary revision is loaded once: %s", this)
                    .doesNotContain(used(owner, load));
        } else {
            // A failed load for KeepLoaded is retried even if the model has become Temporary meanwhile.
            usedUp.remove(used(owner, load));
        }
    }

    private void startsUnload(ResourceID owner, ModelOperation.Unload unload, Decision decision) {
        assertThat(models.values().stream().map(Desired::identifier))
                .as("only instances that a ManagedModel names are unloaded: %s", this)
                .anyMatch(name ->
                        unload.identifier().equals(name) || unload.identifier().startsWith(name + ":"));
        assertThat(instance(unload.identifier())
                        .filter(i -> i.contextLength() == AnyHistory.STRANGERS_CONTEXT
                                && i.identifier().contains(":")))
                .as("an unmanaged copy stays loaded: %s", this)
                .isEmpty();
        if (decision.summary().reason() == Reason.VERIFICATION_FAILED) {
            String uid = Objects.requireNonNull(models.get(owner)).getMetadata().getUid();
            usedUp.removeIf(used -> used.startsWith(uid + "/"));
        }
    }

    @Override
    public void ended(ResourceID owner, OperationResult outcome) {
        trace("ended " + outcome);
        running = null;
        goodLoads += outcome instanceof OperationResult.Loaded ? 1 : 0;
        if (outcome instanceof OperationResult.Loaded && outcome.operation() instanceof ModelOperation.Load load) {
            countLoad(owner, load);
        }
    }

    private void countLoad(ResourceID owner, ModelOperation.Load load) {
        get(owner)
                .map(Desired::of)
                .filter(Desired::isTemporary)
                .filter(desired -> desired.loadRevision().equals(load.loadRevision()))
                .ifPresent(desired -> usedUp.add(used(owner, load)));
    }

    private String used(ResourceID owner, ModelOperation.Load load) {
        return used(Objects.requireNonNull(models.get(owner)), load.loadRevision());
    }

    private static String used(ManagedModel model, @Nullable String revision) {
        return model.getMetadata().getUid() + "/" + revision;
    }

    void trace(String what) {
        story.add(time.instant() + " " + what);
    }

    @Override
    public String toString() {
        return String.join("\n", story.subList(Math.max(0, story.size() - 300), story.size())) + "\n"
                + lmStudio.instances();
    }
}
