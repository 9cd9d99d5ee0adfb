package dev.lmstudiooperator.lease;

import static java.net.HttpURLConnection.HTTP_FORBIDDEN;
import static java.net.HttpURLConnection.HTTP_NOT_FOUND;

import dev.lmstudiooperator.clock.SteadyClock;
import dev.lmstudiooperator.kubernetes.KubernetesClients;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Acquires and renews a Lease, one attempt at a time, unless another process holds it. Normally an attempt is one
 * write, based on the previous write. The Lease is read only if it has changed since then.
 */
public final class LeaseRenewer {

    /** Another client may sometimes write between the read and the write of this process, but not always. */
    private static final int ATTEMPTS_AT_A_RACE = 3;

    private final LeaseStore store;
    private final LeaseFactory factory;
    private final LeaseEvaluator evaluator;
    private final SteadyClock clock;
    private @Nullable Lease written;

    /**
     * Creates a renewer for a Lease in the API server.
     *
     * @param factory builds the Lease, as this process writes it
     */
    public static LeaseRenewer of(KubernetesClient client, LeaseFactory factory, SteadyClock clock) {
        return new LeaseRenewer(
                new LeaseStore.InApiServer(client, factory.namespace(), factory.name()), factory, clock);
    }

    LeaseRenewer(LeaseStore store, LeaseFactory factory, SteadyClock clock) {
        this.store = store;
        this.factory = factory;
        this.evaluator = new LeaseEvaluator(factory.holder(), factory.duration());
        this.clock = clock;
    }

    public LeaseAttempt attempt() {
        try {
            for (int i = 0; i < ATTEMPTS_AT_A_RACE; i++) {
                Optional<LeaseAttempt> report = race();
                if (report.isPresent()) {
                    return report.get();
                }
            }
            return new LeaseAttempt.Failed("another client keeps changing it", true);
        } catch (KubernetesClientException e) {
            written = null;
            return failed(e);
        }
    }

    /** Releases the Lease, so that other processes need not wait until it expires. Returns whether this succeeded. */
    public boolean release() {
        Lease lease = written;
        written = null;
        try {
            return lease == null || store.update(factory.released(lease)).isPresent();
        } catch (KubernetesClientException e) {
            return false;
        }
    }

    /** The delay before the next attempt. */
    public Duration pauseAfter(LeaseAttempt report) {
        Duration period = factory.duration().dividedBy(4);
        return switch (report) {
            case LeaseAttempt.Held held -> period;
            case LeaseAttempt.HeldByAnother other -> other.left().compareTo(period) < 0 ? other.left() : period;
            case LeaseAttempt.Failed failed -> period.dividedBy(4);
        };
    }

    /** Empty if another client wrote first. */
    private Optional<LeaseAttempt> race() {
        Instant askedAt = clock.instant();
        Lease lease = written == null ? store.read().orElse(null) : written;
        written = null;
        Optional<LeaseAttempt.HeldByAnother> rival = evaluator.rival(lease, clock.instant());
        if (rival.isPresent()) {
            return Optional.of(rival.get());
        }
        Lease next = factory.held(lease, clock.wall());
        Optional<Lease> after = lease == null ? store.create(next) : store.update(next);
        written = after.orElse(null);
        return after.map(stored -> new LeaseAttempt.Held(askedAt));
    }

    /**
     * A request to authenticate again, or to retry later, is not a refusal: the API server would not accept others
     * either.
     */
    private static LeaseAttempt failed(KubernetesClientException e) {
        boolean isRefused = e.getCode() == HTTP_FORBIDDEN || e.getCode() == HTTP_NOT_FOUND;
        return new LeaseAttempt.Failed(why(e), isRefused);
    }

    private static String why(KubernetesClientException e) {
        if (e.getStatus() != null && e.getStatus().getMessage() != null) {
            return "%s (%d)".formatted(e.getStatus().getMessage(), e.getCode());
        }
        return KubernetesClients.rootCause(e);
    }
}
