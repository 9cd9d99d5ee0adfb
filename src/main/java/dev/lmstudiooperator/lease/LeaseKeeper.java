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
 * Carries out what the claim says, an attempt at a time. At rest an attempt is one write on what the last one left; only
 * when that is no longer what stands there it is read.
 */
public final class LeaseKeeper {

    /** Somebody may write between our read and our write now and then, but not always. */
    private static final int ATTEMPTS_AT_A_RACE = 3;

    private final LeaseStore store;
    private final LeaseDraft draft;
    private final LeaseClaim claim;
    private final Uptime uptime;
    private final InstantSource wall;
    private @Nullable Lease written;

    /**
     * Keeps a Lease of the API server.
     *
     * @param draft the Lease, as this process writes it
     * @param wall what others read in it
     */
    public static LeaseKeeper of(KubernetesClient client, LeaseDraft draft, Uptime uptime, InstantSource wall) {
        return new LeaseKeeper(new ApiServerLeases(client, draft.namespace(), draft.name()), draft, uptime, wall);
    }

    LeaseKeeper(LeaseStore store, LeaseDraft draft, Uptime uptime, InstantSource wall) {
        this.store = store;
        this.draft = draft;
        this.claim = new LeaseClaim(draft.holder(), draft.duration());
        this.uptime = uptime;
        this.wall = wall;
    }

    public LeaseReport attempt() {
        try {
            for (int i = 0; i < ATTEMPTS_AT_A_RACE; i++) {
                Optional<LeaseReport> report = race();
                if (report.isPresent()) {
                    return report.get();
                }
            }
            return new LeaseReport.Failed("another client keeps changing it", true);
        } catch (KubernetesClientException e) {
            written = null;
            return failed(e);
        }
    }

    /** Gives it back, so that nobody has to wait until it runs out; whether that was possible. */
    public boolean release() {
        Lease lease = written;
        written = null;
        try {
            return lease == null || store.update(draft.released(lease)).isPresent();
        } catch (KubernetesClientException e) {
            return false;
        }
    }

    /** How long to wait before the next attempt. */
    public Duration pauseAfter(LeaseReport report) {
        Duration period = draft.duration().dividedBy(4);
        return switch (report) {
            case LeaseReport.Held held -> period;
            case LeaseReport.HeldByAnother other -> other.left().compareTo(period) < 0 ? other.left() : period;
            case LeaseReport.Failed failed -> period.dividedBy(4);
        };
    }

    /** Empty when somebody else was faster. */
    private Optional<LeaseReport> race() {
        Duration askedAt = uptime.elapsed();
        Lease lease = written == null ? store.read().orElse(null) : written;
        written = null;
        Move move = claim.judge(lease == null ? null : SeenLease.of(lease), uptime.elapsed());
        if (move instanceof Move.Await await) {
            return Optional.of(new LeaseReport.HeldByAnother(await.holder(), await.holdsFor(), await.left()));
        }
        Optional<Lease> after = write(move, lease);
        written = after.orElse(null);
        return after.map(stands -> new LeaseReport.Held(askedAt));
    }

    private Optional<Lease> write(Move move, @Nullable Lease lease) {
        Instant now = wall.instant();
        return switch (move) {
            case Move.Create create -> store.create(draft.created(now));
            case Move.Renew renew -> store.update(draft.renewed(requireNonNull(lease), now));
            case Move.TakeOver takeOver -> store.update(draft.takenOver(requireNonNull(lease), now));
            case Move.Await await -> throw new IllegalStateException("What is somebody else's is not written");
        };
    }

    /** Who has to show a token again, or to wait, is not refused for good: nobody else would be heard either. */
    private static LeaseReport failed(KubernetesClientException e) {
        boolean isRefused = e.getCode() == HTTP_FORBIDDEN || e.getCode() == HTTP_NOT_FOUND;
        return new LeaseReport.Failed(why(e), isRefused);
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
