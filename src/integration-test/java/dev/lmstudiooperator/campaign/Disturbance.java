package dev.lmstudiooperator.campaign;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** What goes wrong, and what of the agent's doing is counted to say when. */
public enum Disturbance {
    /** {@code kill -9}; the write never leaves. */
    CRASH_BEFORE_WRITE(Point.WRITE),
    /** {@code kill -9}; the write stands, and its answer is lost. */
    CRASH_AFTER_WRITE(Point.WRITE),
    /** {@code kill -9} of the agent alone; the next one finds the call of {@code lms} still running. */
    CRASH_CALL_GOES_ON(Point.CALL),
    /** {@code kill -9} of the agent alone; the call of {@code lms} ends before the next agent starts. */
    CRASH_CALL_ENDS_ALONE(Point.CALL),
    /** {@code kill -9} of the agent with its children; what LM Studio was told to load arrives all the same. */
    CRASH_CALL_DIES(Point.CALL),
    /** The same, and it arrives when the next agent is at work already. */
    CRASH_CALL_ARRIVES_LATE(Point.CALL),
    /** The call of {@code lms} reports success, and nothing has happened. */
    CALL_LIES(Point.CALL),
    /** The call of {@code lms} never ends, and nothing happens. */
    CALL_HANGS(Point.CALL),
    /** Somebody kills the call of {@code lms}; LM Studio goes on with a load or a download all the same. */
    CALL_CUT_OFF(Point.CALL),
    CONFLICT_409(Point.WRITE),
    THROTTLED_429(Point.WRITE),
    ERROR_500(Point.WRITE),
    UNAVAILABLE_503(Point.WRITE),
    /** The connection is cut, and the write never arrives. */
    RESET(Point.WRITE),
    /** The write stands, and the connection is cut before the answer. */
    LOST_ANSWER(Point.WRITE),
    /** Silence for seconds, then a cut; the write never arrives. */
    STALL(Point.WRITE),
    /** The event, and what follows it, come late. */
    EVENT_STALE(Point.EVENT),
    /** The event never comes; later the watch is told to list anew. */
    EVENT_DROPPED(Point.EVENT),
    WATCH_CLOSED(Point.EVENT),
    /** The watch ends with 410. */
    WATCH_EXPIRED(Point.EVENT);

    /** What is counted, from the moment at which the scenario begins. */
    public enum Point {
        /** Requests that change something at the API server, but for renewals of the Lease. */
        WRITE,
        /** Calls of {@code lms load}, {@code unload} and {@code get}. */
        CALL,
        /** Events of the agent's watch on ManagedModels. */
        EVENT
    }

    private final Point point;

    Disturbance(Point point) {
        this.point = point;
    }

    Point point() {
        return point;
    }

    boolean isCrash() {
        return name().startsWith("CRASH");
    }

    /** How it is written in a plan. */
    String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static Disturbance of(String text) {
        return valueOf(text.toUpperCase(Locale.ROOT).replace('-', '_'));
    }

    static List<Disturbance> crashes() {
        return Arrays.stream(values()).filter(Disturbance::isCrash).toList();
    }

    static List<Disturbance> others() {
        return Arrays.stream(values())
                .filter(disturbance -> !disturbance.isCrash())
                .toList();
    }

    /** Those of which no place is like another: each operation is to be struck by them. */
    static List<Disturbance> atEveryPoint() {
        return Arrays.stream(values())
                .filter(disturbance -> disturbance.isCrash() || disturbance.point == Point.CALL)
                .toList();
    }

    static List<Disturbance> atSomePoints() {
        return Arrays.stream(values())
                .filter(disturbance -> !atEveryPoint().contains(disturbance))
                .toList();
    }
}
