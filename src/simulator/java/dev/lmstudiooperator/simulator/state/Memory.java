package dev.lmstudiooperator.simulator.state;

import dev.lmstudiooperator.simulator.journal.Journal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** The loaded instances and the loads in progress. Idle instances are removed when they expire. */
public final class Memory {

    private final SimulatedClock clock;
    private final Supplier<Settings> settings;
    private final Journal journal;
    private final List<Instance> loaded = new ArrayList<>();
    private final List<Instance> loading = new ArrayList<>();
    private long lastReference;

    public Memory(SimulatedClock clock, Supplier<Settings> settings, Journal journal) {
        this.clock = clock;
        this.settings = settings;
        this.journal = journal;
    }

    /** Returns the loaded instances in the order of loading. */
    public synchronized List<Instance> loaded() {
        expire();
        return List.copyOf(loaded);
    }

    /** Returns the list for {@code ps}. It includes loads in progress if the settings enable that. */
    public synchronized List<Instance> listed() {
        var all = new ArrayList<>(loaded());
        if (settings.get().listWhileLoading()) {
            all.addAll(loading);
        }
        return all;
    }

    public synchronized List<Instance> loading() {
        return List.copyOf(loading);
    }

    /** Returns the instance with this identifier, and prefers the one on this machine. */
    public Optional<Instance> find(String identifier) {
        return loaded().stream()
                .filter(instance -> instance.identifier().equals(identifier))
                .min(Comparator.comparing(instance -> !instance.model().isLocal()));
    }

    /** Reserves the identifier and the memory for a load, or refuses it with a reason. */
    public synchronized Instance reserve(LoadRequest request) throws ServerError.RefusedException {
        expire();
        var identifier = identifierFor(request);
        var current = settings.get();
        var contextLength = contextLength(request, current);
        var required = request.model().requiredBytes(contextLength);
        if (request.model().isLocal() && current.memoryBytes() > 0 && bytesInUse() + required > current.memoryBytes()) {
            throw new ServerError.RefusedException(ServerError.insufficientResources(required));
        }
        var parallel =
                !request.model().isLlm() ? null : Objects.requireNonNullElse(request.parallel(), Long.valueOf(4));
        var instance = new Instance(
                ++lastReference,
                identifier,
                request.model(),
                request.ttlMs(),
                null,
                clock.instant(),
                contextLength,
                parallel,
                Instance.Activity.IDLE,
                0,
                request.jit(),
                false,
                false,
                true);
        loading.add(instance);
        return instance;
    }

    /** Marks the reserved instance as loaded. It gets another identifier if its own has been taken in the meantime. */
    public synchronized Instance complete(Instance reserved) {
        release(reserved);
        var instance = reserved.loaded(clock.instant(), firstFree(reserved.identifier(), reserved.model()));
        loaded.add(instance);
        return instance;
    }

    public synchronized void release(Instance reserved) {
        loading.removeIf(instance -> instance.reference() == reserved.reference());
    }

    /** Adds an instance without a load. */
    public synchronized Instance add(LoadRequest request) throws ServerError.RefusedException {
        return complete(reserve(request));
    }

    public synchronized boolean remove(Instance unwanted) {
        return loaded.removeIf(instance -> instance.reference() == unwanted.reference());
    }

    public synchronized List<Instance> removeAll(Predicate<Instance> filter) {
        var removed = loaded.stream().filter(filter).toList();
        loaded.removeAll(removed);
        return removed;
    }

    /** Changes an instance in place. Does nothing if it no longer exists. */
    public synchronized void change(long reference, UnaryOperator<Instance> change) {
        loaded.replaceAll(instance -> instance.reference() == reference ? change.apply(instance) : instance);
    }

    /** Unloads the instances whose idle time has reached their TTL. */
    public synchronized void expire() {
        Instant now = clock.instant();
        for (var expired : removeAll(instance -> instance.isExpiredAt(now))) {
            journal.recordEvent("expired " + expired.summary());
        }
    }

    private long bytesInUse() {
        long sum = 0;
        for (var instances : List.of(loaded, loading)) {
            for (var instance : instances) {
                sum += instance.model().isLocal() ? instance.model().requiredBytes(instance.contextLength()) : 0;
            }
        }
        return sum;
    }

    private static long contextLength(LoadRequest request, Settings current) {
        var standard = Math.min(current.defaultContextLength(), request.model().maxContextLength());
        long requested = Objects.requireNonNullElse(request.contextLength(), Long.valueOf(standard));
        if (current.overrideContextLength() != null && request.model().isMlx()) {
            return current.overrideContextLength();
        }
        return current.clampContextLength() == null ? requested : Math.min(requested, current.clampContextLength());
    }

    private String identifierFor(LoadRequest request) throws ServerError.RefusedException {
        var wanted = request.identifier();
        if (wanted != null) {
            if (isTaken(wanted, request.model())) {
                throw new ServerError.RefusedException(ServerError.identifierTaken(wanted));
            }
            return wanted;
        }
        return firstFree(request.model().modelKey(), request.model());
    }

    private String firstFree(String wanted, Model model) {
        var free = wanted;
        for (int copy = 2; isTaken(free, model); copy++) {
            free = wanted + ":" + copy;
        }
        return free;
    }

    private boolean isTaken(String identifier, Model model) {
        Predicate<Instance> same = instance -> instance.identifier().equals(identifier)
                && Objects.equals(instance.model().deviceIdentifier(), model.deviceIdentifier());
        return loaded.stream().anyMatch(same)
                || (settings.get().reserveIdentifier() && loading.stream().anyMatch(same));
    }
}
