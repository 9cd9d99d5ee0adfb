package dev.lmstudiooperator.faultinjection;

import dev.lmstudiooperator.faultinjection.FaultType.Point;
import dev.lmstudiooperator.faultinjection.proxy.TrafficPolicy;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts writes, calls and events, and injects each fault of a plan at its point. */
final class FaultInjector implements TrafficPolicy {

    /** Long enough for the operator to act on stale data, and shorter than the timeout of its client. */
    private static final Duration DISRUPTION = Duration.ofSeconds(2);

    private final List<FaultInjection> injections;
    private final TestedOperator operator;
    private final AtomicInteger writes = new AtomicInteger();
    private final AtomicInteger calls = new AtomicInteger();
    private final AtomicInteger events = new AtomicInteger();
    private final AtomicInteger injected = new AtomicInteger();

    FaultInjector(List<FaultInjection> injections, TestedOperator operator) {
        this.injections = injections;
        this.operator = operator;
    }

    int injected() {
        return injected.get();
    }

    Outcome.Counts counts() {
        return new Outcome.Counts(writes.get(), calls.get(), events.get());
    }

    @Override
    public WriteAction write() {
        return count(Point.WRITE, writes).map(this::writeAction).orElseGet(WriteAction.Pass::new);
    }

    @Override
    public EventAction event() {
        return count(Point.EVENT, events).map(FaultInjector::eventAction).orElseGet(EventAction.Pass::new);
    }

    /** The fault planned for the next call of {@code lms}, if any. */
    Optional<FaultType> nextCall() {
        return planned(Point.CALL, calls.get() + 1);
    }

    /** Counts the call of {@code lms} that has begun, and returns the fault planned for it, if any. */
    Optional<FaultType> call() {
        return count(Point.CALL, calls);
    }

    private Optional<FaultType> count(Point point, AtomicInteger counter) {
        int number = counter.incrementAndGet();
        Optional<FaultType> fault = planned(point, number);
        if (fault.isPresent()) {
            injected.incrementAndGet();
        }
        return fault;
    }

    private Optional<FaultType> planned(Point point, int number) {
        return injections.stream()
                .filter(injection ->
                        injection.at() == number && injection.type().point() == point)
                .map(FaultInjection::type)
                .findFirst();
    }

    private WriteAction writeAction(FaultType type) {
        return switch (type) {
            case CRASH_BEFORE_WRITE -> new WriteAction.CutBefore(this::restart);
            case CRASH_AFTER_WRITE -> new WriteAction.CutAfter(this::restart);
            case CONFLICT_409 -> new WriteAction.Refuse(409);
            case THROTTLED_429 -> new WriteAction.Refuse(429);
            case ERROR_500 -> new WriteAction.Refuse(500);
            case UNAVAILABLE_503 -> new WriteAction.Refuse(503);
            case RESET -> new WriteAction.CutBefore(() -> {});
            case LOST_ANSWER -> new WriteAction.CutAfter(() -> {});
            case STALL -> new WriteAction.Stall(DISRUPTION);
            case TAKEOVER -> new WriteAction.PassAfter(operator::handOver);
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
                    WATCH_EXPIRED -> throw new IllegalArgumentException(type + " is not a fault of a write");
        };
    }

    private static EventAction eventAction(FaultType type) {
        return switch (type) {
            case EVENT_STALE -> new EventAction.Delay(DISRUPTION);
            case EVENT_DROPPED -> new EventAction.Drop(DISRUPTION);
            case WATCH_CLOSED -> new EventAction.Close();
            case WATCH_EXPIRED -> new EventAction.Expire();
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
                    STALL,
                    TAKEOVER -> throw new IllegalArgumentException(type + " is not a fault of an event");
        };
    }

    private void restart() {
        operator.kill();
        operator.launch();
    }
}
