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
    private final List<Instance> arriving = new ArrayList<>();
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

    /** Returns the list for {@code ps}, including loads in progress if the settings enable that. */
    public synchronized List<Instance> listed() {
        var all = new ArrayList<>(loaded());
        if (settings.get().listWhileLoading()) {
            all.addAll(arriving);
        }
        return all;
    }

    public synchronized List<Instance> arriving() {
        return List.copyOf(arriving);
    }

    /** Returns the instance with this identifier, and prefers the one on this machine. */
    public Optional<Instance> find(String identifier) {
        return loaded().stream()
                .filter(instance -> instance.identifier().equals(identifier))
                .min(Comparator.comparing(instance -> !instance.model().isLocal()));
    }

    /** Reserves the identifier and the memory for a load, or refuses it with a reason. */
    public synchronized Instance reserve(LoadOrder order) throws Refused {
        expire();
        var identifier = identifierFor(order);
        var current = settings.get();
        var contextLength = contextLength(order, current);
        var required = order.model().requiredBytes(contextLength);
        if (order.model().isLocal() && current.memoryBytes() > 0 && bytesInUse() + required > current.memoryBytes()) {
            throw new Refused(ServerError.insufficientResources(required));
        }
        var parallel = !order.model().isLlm() ? null : Objects.requireNonNullElse(order.parallel(), Long.valueOf(4));
        var instance = new Instance(
                ++lastReference,
                identifier,
                order.model(),
                order.ttlMs(),
                null,
                clock.instant(),
                contextLength,
                parallel,
                Activity.IDLE,
                0,
                order.jit(),
                false,
                false,
                true);
        arriving.add(instance);
        return instance;
    }

    /** Marks the reserved instance as loaded. It gets another name if its identifier has been used in the meantime. */
    public synchronized Instance settle(Instance reserved) {
        release(reserved);
        var instance = reserved.at(clock.instant(), firstFree(reserved.identifier(), reserved.model()));
        loaded.add(instance);
        return instance;
    }

    public synchronized void release(Instance reserved) {
        arriving.removeIf(instance -> instance.reference() == reserved.reference());
    }

    /** Adds an instance without a load. */
    public synchronized Instance place(LoadOrder order) throws Refused {
        return settle(reserve(order));
    }

    public synchronized boolean remove(Instance gone) {
        return loaded.removeIf(instance -> instance.reference() == gone.reference());
    }

    public synchronized List<Instance> removeAll(Predicate<Instance> which) {
        var gone = loaded.stream().filter(which).toList();
        loaded.removeAll(gone);
        return gone;
    }

    /** Changes an instance in place. Does nothing if it no longer exists. */
    public synchronized void change(long reference, UnaryOperator<Instance> change) {
        loaded.replaceAll(instance -> instance.reference() == reference ? change.apply(instance) : instance);
    }

    /** Unloads the instances whose idle time has reached their TTL. */
    public synchronized void expire() {
        Instant now = clock.instant();
        for (var gone : removeAll(instance -> instance.isExpiredAt(now))) {
            journal.happened("expired " + gone.summary());
        }
    }

    private long bytesInUse() {
        long sum = 0;
        for (var instances : List.of(loaded, arriving)) {
            for (var instance : instances) {
                sum += instance.model().isLocal() ? instance.model().requiredBytes(instance.contextLength()) : 0;
            }
        }
        return sum;
    }

    private static long contextLength(LoadOrder order, Settings current) {
        var usual = Math.min(current.defaultContextLength(), order.model().maxContextLength());
        long asked = Objects.requireNonNullElse(order.contextLength(), Long.valueOf(usual));
        if (current.overrideContextLength() != null && order.model().isMlx()) {
            return current.overrideContextLength();
        }
        return current.clampContextLength() == null ? asked : Math.min(asked, current.clampContextLength());
    }

    private String identifierFor(LoadOrder order) throws Refused {
        var wanted = order.identifier();
        if (wanted != null) {
            if (isTaken(wanted, order.model())) {
                throw new Refused(ServerError.identifierTaken(wanted));
            }
            return wanted;
        }
        return firstFree(order.model().modelKey(), order.model());
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
                || (settings.get().reserveIdentifier() && arriving.stream().anyMatch(same));
    }
}
