package dev.lmstudiooperator.lease;

import static java.net.HttpURLConnection.HTTP_FORBIDDEN;
import static java.net.HttpURLConnection.HTTP_NOT_FOUND;
import static java.util.Objects.requireNonNull;
import static java.util.Objects.requireNonNullElse;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Executes the action that the {@link LeaseEvaluator} decides, one attempt at a time. Normally an attempt is one write,
 * based on the previous write. The Lease is read only if it has changed since then.
 */
public final class LeaseRenewer {

    /** Another client may sometimes write between the read and the write of this process, but not always. */
    private static final int ATTEMPTS_AT_A_RACE = 3;

    private final LeaseStore store;
    private final LeaseFactory draft;
    private final LeaseEvaluator claim;
    private final MonotonicClock uptime;
    private final InstantSource wall;
    private @Nullable Lease written;

    /**
     * Creates a renewer for a Lease in the API server.
     *
     * @param draft the Lease, as this process writes it
     * @param wall the clock for the times that other processes read in the Lease
     */
    public static LeaseRenewer of(
            KubernetesClient client, LeaseFactory draft, MonotonicClock uptime, InstantSource wall) {
        return new LeaseRenewer(new ApiServerLeases(client, draft.namespace(), draft.name()), draft, uptime, wall);
    }

    LeaseRenewer(LeaseStore store, LeaseFactory draft, MonotonicClock uptime, InstantSource wall) {
        this.store = store;
        this.draft = draft;
        this.claim = new LeaseEvaluator(draft.holder(), draft.duration());
        this.uptime = uptime;
        this.wall = wall;
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
            return lease == null || store.update(draft.released(lease)).isPresent();
        } catch (KubernetesClientException e) {
            return false;
        }
    }

    /** The delay before the next attempt. */
    public Duration pauseAfter(LeaseAttempt report) {
        Duration period = draft.duration().dividedBy(4);
        return switch (report) {
            case LeaseAttempt.Held held -> period;
            case LeaseAttempt.HeldByAnother other -> other.left().compareTo(period) < 0 ? other.left() : period;
            case LeaseAttempt.Failed failed -> period.dividedBy(4);
        };
    }

    /** Empty if another client wrote first. */
    private Optional<LeaseAttempt> race() {
        Duration askedAt = uptime.elapsed();
        Lease lease = written == null ? store.read().orElse(null) : written;
        written = null;
        LeaseAction move = claim.judge(lease == null ? null : ObservedLease.of(lease), uptime.elapsed());
        if (move instanceof LeaseAction.Await await) {
            return Optional.of(new LeaseAttempt.HeldByAnother(await.holder(), await.holdsFor(), await.left()));
        }
        Optional<Lease> after = write(move, lease);
        written = after.orElse(null);
        return after.map(stands -> new LeaseAttempt.Held(askedAt));
    }

    private Optional<Lease> write(LeaseAction move, @Nullable Lease lease) {
        Instant now = wall.instant();
        return switch (move) {
            case LeaseAction.Create create -> store.create(draft.created(now));
            case LeaseAction.Renew renew -> store.update(draft.renewed(requireNonNull(lease), now));
            case LeaseAction.TakeOver takeOver -> store.update(draft.takenOver(requireNonNull(lease), now));
            case LeaseAction.Await await -> throw new IllegalStateException("A Lease of another holder is not written");
        };
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
        Throwable cause = e;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return requireNonNullElse(cause.getMessage(), cause.toString());
    }
}
