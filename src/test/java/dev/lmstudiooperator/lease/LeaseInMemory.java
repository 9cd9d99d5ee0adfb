package dev.lmstudiooperator.lease;

import dev.lmstudiooperator.clock.SteadyClock;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Stores one Lease like an API server: it rejects a write based on an old version. Requests can be lost. */
public final class LeaseInMemory implements LeaseStore {

    /** The fault of the next requests. */
    public enum Fault {
        NONE,
        REQUEST_IS_LOST,
        ANSWER_IS_LOST
    }

    private final Runnable way;
    private volatile @Nullable Lease current;
    private volatile long version;
    private final AtomicInteger requests = new AtomicInteger();
    private volatile Fault fault = Fault.NONE;

    LeaseInMemory() {
        this(() -> {});
    }

    /** @param way runs in transit of each request and of each answer */
    public LeaseInMemory(Runnable way) {
        this.way = way;
    }

    public void setFault(Fault fault) {
        this.fault = fault;
    }

    /** Creates a renewer for one holder. */
    public static LeaseRenewer syncer(LeaseInMemory store, String holder, Duration duration, PassingTime time) {
        return syncer(store, holder, duration, time.clock());
    }

    /** Creates a renewer with any clock. */
    public static LeaseRenewer syncer(LeaseInMemory store, String holder, Duration duration, SteadyClock clock) {
        return new LeaseRenewer(store, new LeaseFactory("operators", "node.gpu-1", Map.of(), holder, duration), clock);
    }

    public int requests() {
        return requests.get();
    }

    Lease lease() {
        return Optional.ofNullable(current).orElseThrow();
    }

    public Optional<String> holder() {
        return Optional.ofNullable(current).map(lease -> lease.getSpec().getHolderIdentity());
    }

    /** Edits the Lease like a user with kubectl. */
    public synchronized void edit(UnaryOperator<LeaseBuilder> change) {
        put(change.apply(new LeaseBuilder(lease())).build());
    }

    synchronized void delete() {
        current = null;
    }

    @Override
    public Optional<Lease> read() {
        begin();
        return end(Optional.ofNullable(current));
    }

    @Override
    public Optional<Lease> create(Lease lease) {
        begin();
        return end(putUnlessThere(lease));
    }

    @Override
    public Optional<Lease> update(Lease lease) {
        begin();
        return end(putOver(lease));
    }

    private synchronized Optional<Lease> putUnlessThere(Lease lease) {
        return current == null ? Optional.of(put(lease)) : Optional.empty();
    }

    private synchronized Optional<Lease> putOver(Lease lease) {
        boolean isAsItWas = current != null
                && current.getMetadata()
                        .getResourceVersion()
                        .equals(lease.getMetadata().getResourceVersion());
        return isAsItWas ? Optional.of(put(lease)) : Optional.empty();
    }

    synchronized Lease put(Lease lease) {
        version++;
        current = new LeaseBuilder(lease)
                .editMetadata()
                .withResourceVersion(String.valueOf(version))
                .endMetadata()
                .build();
        return current;
    }

    private void begin() {
        requests.incrementAndGet();
        way.run();
        if (fault == Fault.REQUEST_IS_LOST) {
            throw new KubernetesClientException("the request is lost");
        }
    }

    private Optional<Lease> end(Optional<Lease> answer) {
        way.run();
        if (fault == Fault.ANSWER_IS_LOST) {
            throw new KubernetesClientException("the answer is lost");
        }
        return answer;
    }
}
