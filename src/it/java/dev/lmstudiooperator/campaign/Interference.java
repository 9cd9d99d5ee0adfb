package dev.lmstudiooperator.campaign;

import dev.lmstudiooperator.campaign.Disturbance.Point;
import dev.lmstudiooperator.campaign.proxy.Traffic;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts writes, calls and events, and injects each fault of a plan at its point. */
final class Interference implements Traffic {

    /** Long enough for the agent to act on stale data, shorter than the client's own timeout. */
    private static final Duration SILENCE = Duration.ofSeconds(2);

    private final List<Strike> strikes;
    private final Agent agent;
    private final AtomicInteger writes = new AtomicInteger();
    private final AtomicInteger calls = new AtomicInteger();
    private final AtomicInteger events = new AtomicInteger();
    private final AtomicInteger struck = new AtomicInteger();

    Interference(List<Strike> strikes, Agent agent) {
        this.strikes = strikes;
        this.agent = agent;
    }

    int struck() {
        return struck.get();
    }

    Outcome.Counts counts() {
        return new Outcome.Counts(writes.get(), calls.get(), events.get());
    }

    @Override
    public OfWrite write() {
        return next(Point.WRITE, writes).map(this::ofWrite).orElseGet(OfWrite.Pass::new);
    }

    @Override
    public OfEvent event() {
        return next(Point.EVENT, events).map(Interference::ofEvent).orElseGet(OfEvent.Pass::new);
    }

    /** The fault planned for the next call of {@code lms}, if any. */
    Optional<Disturbance> nextCall() {
        return planned(Point.CALL, calls.get() + 1);
    }

    /** Counts the call of {@code lms} that has begun, and returns the fault planned for it, if any. */
    Optional<Disturbance> call() {
        return next(Point.CALL, calls);
    }

    private Optional<Disturbance> next(Point point, AtomicInteger counter) {
        int number = counter.incrementAndGet();
        Optional<Disturbance> strike = planned(point, number);
        if (strike.isPresent()) {
            struck.incrementAndGet();
        }
        return strike;
    }

    private Optional<Disturbance> planned(Point point, int number) {
        return strikes.stream()
                .filter(strike -> strike.at() == number && strike.disturbance().point() == point)
                .map(Strike::disturbance)
                .findFirst();
    }

    private OfWrite ofWrite(Disturbance disturbance) {
        return switch (disturbance) {
            case CRASH_BEFORE_WRITE -> new OfWrite.CutBefore(this::replaceAgent);
            case CRASH_AFTER_WRITE -> new OfWrite.CutAfter(this::replaceAgent);
            case CONFLICT_409 -> new OfWrite.Refuse(409);
            case THROTTLED_429 -> new OfWrite.Refuse(429);
            case ERROR_500 -> new OfWrite.Refuse(500);
            case UNAVAILABLE_503 -> new OfWrite.Refuse(503);
            case RESET -> new OfWrite.CutBefore(() -> {});
            case LOST_ANSWER -> new OfWrite.CutAfter(() -> {});
            case STALL -> new OfWrite.Stall(SILENCE);
            case CRASH_CALL_GOES_ON,
                    CRASH_CALL_ENDS_ALONE,
                    CRASH_CALL_DIES,
                    CRASH_CALL_ARRIVES_LATE,
                    CALL_LIES,
                    CALL_HANGS,
                    CALL_CUT_OFF,
                    EVENT_STALE,
                    EVENT_DROPPED,
                    WATCH_CLOSED,
                    WATCH_EXPIRED -> throw new IllegalArgumentException(disturbance + " is not a fault of a write");
        };
    }

    private static OfEvent ofEvent(Disturbance disturbance) {
        return switch (disturbance) {
            case EVENT_STALE -> new OfEvent.Delay(SILENCE);
            case EVENT_DROPPED -> new OfEvent.Drop(SILENCE);
            case WATCH_CLOSED -> new OfEvent.Close();
            case WATCH_EXPIRED -> new OfEvent.Expire();
            case CRASH_BEFORE_WRITE,
                    CRASH_AFTER_WRITE,
                    CRASH_CALL_GOES_ON,
                    CRASH_CALL_ENDS_ALONE,
                    CRASH_CALL_DIES,
                    CRASH_CALL_ARRIVES_LATE,
                    CALL_LIES,
                    CALL_HANGS,
                    CALL_CUT_OFF,
                    CONFLICT_409,
                    THROTTLED_429,
                    ERROR_500,
                    UNAVAILABLE_503,
                    RESET,
                    LOST_ANSWER,
                    STALL -> throw new IllegalArgumentException(disturbance + " is not a fault of an event");
        };
    }

    private void replaceAgent() {
        agent.kill();
        agent.launch();
    }
}
