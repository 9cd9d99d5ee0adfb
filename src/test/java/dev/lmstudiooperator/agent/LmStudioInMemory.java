package dev.lmstudiooperator.agent;

import dev.lmstudiooperator.lmstudio.ApiModelList;
import dev.lmstudiooperator.lmstudio.ApiModelList.ServedInstance;
import dev.lmstudiooperator.lmstudio.DomainFailure;
import dev.lmstudiooperator.lmstudio.DownloadedModel;
import dev.lmstudiooperator.lmstudio.DownloadedModel.ModelType;
import dev.lmstudiooperator.lmstudio.InfrastructureFailure;
import dev.lmstudiooperator.lmstudio.Instance;
import dev.lmstudiooperator.lmstudio.Instance.Activity;
import dev.lmstudiooperator.lmstudio.LmStudioApi;
import dev.lmstudiooperator.lmstudio.LmStudioApi.InferenceReply;
import dev.lmstudiooperator.lmstudio.LmStudioFailure;
import dev.lmstudiooperator.lmstudio.LoadRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Simulates one LM Studio without a process: instances with idle TTLs, a memory limit, and loads that can misbehave.
 */
final class LmStudioInMemory implements LmStudioApi {

    /** A deviation of a load from its request. */
    enum Whim {
        NONE,
        CLAMPS_THE_CONTEXT,
        REFUSES,
        FAILS_WITH_THE_ENGINE,
        LOADS_NOTHING,
        LOADS_ANOTHER_MODEL,
        IS_GIVEN_UP_AND_LANDS_LATER
    }

    static final int CONTEXT = 4096;
    static final String SMALL = "small";
    static final String BIG = "big";
    static final String MISSING = "missing";

    private static final Map<String, Integer> SIZES = Map.of(SMALL, 2, BIG, 5, MISSING, 2);
    private static final Duration LATE = Duration.ofSeconds(20);

    private record Resident(Instance instance, Instant idleSince) {
        Optional<Instant> expiresAt() {
            return Optional.ofNullable(instance.ttl()).map(idleSince::plus);
        }
    }

    private record LateLoad(LoadRequest request, Instant at) {}

    private final int memory;
    private final Set<String> onDisk = new TreeSet<>(Set.of(SMALL, BIG));
    private final Map<String, Resident> residents = new LinkedHashMap<>();
    private final Deque<Whim> whims = new ArrayDeque<>();
    private final List<LateLoad> late = new ArrayList<>();
    private final Whim usualWhim;
    private Instant now;
    private Instant changedAt;
    private Instant blindUntil = Instant.MIN;

    LmStudioInMemory(int memory, Whim usualWhim, Instant now) {
        this.memory = memory;
        this.usualWhim = usualWhim;
        this.now = now;
        this.changedAt = now;
    }

    /** Expires the TTLs and completes the late loads that are due by then. */
    void proceed(Instant to) {
        for (Optional<Instant> due = nextChangeAt();
                due.isPresent() && !due.get().isAfter(to);
                due = nextChangeAt()) {
            now = due.get();
            changedAt = now;
            residents.values().removeIf(r -> r.expiresAt().filter(this::isDue).isPresent());
            if (isDue(blindUntil)) {
                blindUntil = Instant.MIN;
            }
            List<LateLoad> landing = late.stream().filter(l -> isDue(l.at())).toList();
            late.removeAll(landing);
            landing.forEach(l -> settleIn(free(l.request().identifier()), l.request(), context(l.request())));
        }
        now = to;
    }

    /** Time of the next change that happens without a request. */
    Optional<Instant> nextChangeAt() {
        return Stream.of(
                        residents.values().stream().flatMap(r -> r.expiresAt().stream()),
                        late.stream().map(LateLoad::at),
                        Stream.of(blindUntil).filter(time -> time.isAfter(Instant.MIN)))
                .flatMap(times -> times)
                .min(Instant::compareTo);
    }

    Instant changedAt() {
        return changedAt;
    }

    // Operations of the command line

    void load(LoadRequest request) throws LmStudioFailure {
        changedAt = now;
        Whim whim = whims.isEmpty() ? usualWhim : whims.remove();
        if (whim == Whim.REFUSES || !fits(request.modelKey())) {
            throw new DomainFailure(DomainFailure.Kind.INSUFFICIENT_MEMORY, "the guardrails refuse");
        }
        String identifier = free(request.identifier());
        switch (whim) {
            case NONE, REFUSES -> settleIn(identifier, request, context(request));
            case CLAMPS_THE_CONTEXT -> settleIn(identifier, request, 1024);
            case FAILS_WITH_THE_ENGINE -> throw new DomainFailure(DomainFailure.Kind.ENGINE_FAILED, "the engine died");
            case LOADS_NOTHING -> {}
            case LOADS_ANOTHER_MODEL ->
                settleIn(
                        identifier,
                        new LoadRequest(
                                "another", request.identifier(), request.ttl(), null, null, request.parallel(), null),
                        CONTEXT);
            case IS_GIVEN_UP_AND_LANDS_LATER -> {
                late.add(new LateLoad(request, now.plus(LATE)));
                throw new InfrastructureFailure(InfrastructureFailure.Kind.TIMED_OUT, "no end");
            }
        }
    }

    void unload(String identifier) {
        changedAt = now;
        residents.remove(identifier);
    }

    List<Instance> loaded() throws LmStudioFailure {
        throwWhileBlind();
        return instances();
    }

    List<DownloadedModel> downloaded() throws LmStudioFailure {
        throwWhileBlind();
        return onDisk.stream()
                .map(key -> new DownloadedModel(key, ModelType.LLM, key + ".gguf", size(key), null, null, null, null))
                .toList();
    }

    // Operations of the HTTP API

    @Override
    public Set<String> loading() {
        return late.stream().map(load -> load.request().modelKey()).collect(Collectors.toSet());
    }

    @Override
    public ApiModelList list() throws LmStudioFailure {
        throwWhileBlind();
        return new ApiModelList(
                instances().stream()
                        .map(i -> new ServedInstance(i.modelKey(), i.identifier(), i.contextLength(), null))
                        .collect(Collectors.toSet()),
                Set.copyOf(onDisk));
    }

    @Override
    public InferenceReply ask(String identifier, ModelType type, Duration timeout) throws LmStudioFailure {
        throwWhileBlind();
        if (!residents.containsKey(identifier)) {
            throw new DomainFailure(DomainFailure.Kind.INSTANCE_GONE, "no answer");
        }
        use(identifier, Duration.ZERO);
        return new InferenceReply(identifier);
    }

    // Operations of other clients

    /** A request of a client. It keeps the instance busy for the given time. */
    void use(String identifier, Duration time) {
        residents.computeIfPresent(
                identifier,
                (name, r) -> new Resident(copy(r.instance(), name, now), later(r.idleSince(), now.plus(time))));
    }

    void loadedByOthers(String identifier, String modelKey, @Nullable Duration ttl, int contextLength) {
        if (fits(modelKey) && !residents.containsKey(identifier)) {
            changedAt = now;
            residents.put(identifier, new Resident(instance(identifier, modelKey, ttl, contextLength), now));
        }
    }

    void evict(String identifier) {
        if (residents.remove(identifier) != null) {
            changedAt = now;
        }
    }

    void downloadedByOthers(String key) {
        changedAt = now;
        onDisk.add(key);
    }

    void blind(Duration time) {
        changedAt = now;
        blindUntil = now.plus(time);
    }

    void whims(Collection<Whim> next) {
        whims.addAll(next);
    }

    // Current state

    List<Instance> instances() {
        return residents.values().stream()
                .map(r -> r.idleSince().isAfter(now) ? busy(r.instance()) : r.instance())
                .toList();
    }

    /** Whether no change is pending except the expiry of TTLs. */
    boolean isLate() {
        return late.isEmpty() && !now.isBefore(blindUntil);
    }

    boolean fits(String modelKey) {
        int used = residents.values().stream()
                .mapToInt(r -> SIZES.getOrDefault(r.instance().modelKey(), 2))
                .sum();
        return used + SIZES.getOrDefault(modelKey, 2) <= memory;
    }

    boolean isOnDisk(String modelKey) {
        return onDisk.contains(modelKey);
    }

    /** Returns the name that LM Studio gives to an instance if the identifier is taken. */
    private String free(String identifier) {
        return Stream.iterate(1, n -> n + 1)
                .map(n -> n == 1 ? identifier : identifier + ":" + n)
                .filter(name -> !residents.containsKey(name))
                .findFirst()
                .orElseThrow();
    }

    private void settleIn(String identifier, LoadRequest request, int contextLength) {
        residents.put(
                identifier, new Resident(instance(identifier, request.modelKey(), request.ttl(), contextLength), now));
    }

    private static int context(LoadRequest request) {
        return Objects.requireNonNullElse(request.contextLength(), CONTEXT);
    }

    private static Instance instance(String identifier, String modelKey, @Nullable Duration ttl, int contextLength) {
        return instance(identifier, modelKey, ttl, null, contextLength, Activity.IDLE, 0);
    }

    private static Instance busy(Instance i) {
        return instance(
                i.identifier(), i.modelKey(), i.ttl(), i.lastUsedAt(), i.contextLength(), Activity.GENERATING, 1);
    }

    private static Instance copy(Instance i, String identifier, Instant usedAt) {
        return instance(identifier, i.modelKey(), i.ttl(), usedAt, i.contextLength(), Activity.IDLE, 0);
    }

    private static Instance instance(
            String identifier,
            String modelKey,
            @Nullable Duration ttl,
            @Nullable Instant usedAt,
            int contextLength,
            Activity activity,
            int queued) {
        return new Instance(
                identifier,
                modelKey,
                ModelType.LLM,
                ttl,
                usedAt,
                contextLength,
                4,
                activity,
                queued,
                size(modelKey),
                null,
                null,
                null,
                null);
    }

    private static long size(String modelKey) {
        return SIZES.getOrDefault(modelKey, 2) * 1_000_000_000L;
    }

    private void throwWhileBlind() throws LmStudioFailure {
        if (now.isBefore(blindUntil)) {
            throw new InfrastructureFailure(InfrastructureFailure.Kind.UNREACHABLE, "no answer");
        }
    }

    private boolean isDue(Instant time) {
        return !time.isAfter(now);
    }

    private static Instant later(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }
}
