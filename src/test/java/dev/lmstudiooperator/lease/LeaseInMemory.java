package dev.lmstudiooperator.lease;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Keeps one Lease as an API server does: who writes what has changed since is refused. Requests can be lost. */
public final class LeaseInMemory implements LeaseStore {

    /** What becomes of the next requests. */
    public enum Fault {
        NONE,
        REQUEST_IS_LOST,
        ANSWER_IS_LOST
    }

    private final Runnable way;
    private @Nullable Lease standing;
    private long version;
    private int requests;
    private Fault fault = Fault.NONE;

    LeaseInMemory() {
        this(() -> {});
    }

    /** @param way happens on the way of each request, and on that of each answer */
    public LeaseInMemory(Runnable way) {
        this.way = way;
    }

    public void setFault(Fault fault) {
        this.fault = fault;
    }

    /** Keeps the Lease of one holder there. */
    public static LeaseKeeper keeper(LeaseInMemory store, String holder, Duration duration, PassingTime time) {
        return new LeaseKeeper(
                store, new LeaseDraft("operators", "node.gpu-1", Map.of(), holder, duration), time, time);
    }

    int requests() {
        return requests;
    }

    Lease lease() {
        return Optional.ofNullable(standing).orElseThrow();
    }

    /** As a person does with kubectl. */
    void edit(UnaryOperator<LeaseBuilder> change) {
        put(change.apply(new LeaseBuilder(lease())).build());
    }

    void delete() {
        standing = null;
    }

    @Override
    public Optional<Lease> read() {
        begin();
        return end(Optional.ofNullable(standing));
    }

    @Override
    public Optional<Lease> create(Lease lease) {
        begin();
        return end(standing == null ? Optional.of(put(lease)) : Optional.empty());
    }

    @Override
    public Optional<Lease> update(Lease lease) {
        begin();
        boolean isAsItWas = standing != null
                && standing.getMetadata()
                        .getResourceVersion()
                        .equals(lease.getMetadata().getResourceVersion());
        return end(isAsItWas ? Optional.of(put(lease)) : Optional.empty());
    }

    private Lease put(Lease lease) {
        version++;
        standing = new LeaseBuilder(lease)
                .editMetadata()
                .withResourceVersion(String.valueOf(version))
                .endMetadata()
                .build();
        return standing;
    }

    private void begin() {
        requests++;
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
