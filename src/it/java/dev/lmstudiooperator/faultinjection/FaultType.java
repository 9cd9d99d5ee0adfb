package dev.lmstudiooperator.faultinjection;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** The types of faults that can be injected. Each has a kind of activity of the operator, which is counted to determine its point. */
public enum FaultType {
    /** The process is killed with {@code kill -9}; the write is never sent. */
    CRASH_BEFORE_WRITE(Point.WRITE),
    /** The process is killed with {@code kill -9}; the write is applied, and its response is lost. */
    CRASH_AFTER_WRITE(Point.WRITE),
    /** Only the agent is killed; the call of {@code lms} is still in progress when the next agent starts. */
    CRASH_CALL_GOES_ON(Point.CALL),
    /** Only the agent is killed; the call of {@code lms} ends before the next agent starts. */
    CRASH_CALL_ENDS_ALONE(Point.CALL),
    /** The agent and its child processes are killed; LM Studio still completes the requested load. */
    CRASH_CALL_DIES(Point.CALL),
    /** As {@link #CRASH_CALL_DIES}, but LM Studio completes the load when the next agent is already running. */
    CRASH_CALL_ARRIVES_LATE(Point.CALL),
    /** The call of {@code lms} reports success but has no effect. */
    CALL_LIES(Point.CALL),
    /** The call of {@code lms} never ends and has no effect. */
    CALL_HANGS(Point.CALL),
    /** The call of {@code lms} is killed; LM Studio still completes the load or the download. */
    CALL_CUT_OFF(Point.CALL),
    CONFLICT_409(Point.WRITE),
    THROTTLED_429(Point.WRITE),
    ERROR_500(Point.WRITE),
    UNAVAILABLE_503(Point.WRITE),
    /** The connection is reset, and the write never arrives. */
    RESET(Point.WRITE),
    /** The write is applied, and the connection is reset before the response. */
    LOST_ANSWER(Point.WRITE),
    /** The connection stalls for seconds and is then reset; the write never arrives. */
    STALL(Point.WRITE),
    /** The controller stops during the write. It arrives after another controller has become the leader. */
    TAKEOVER(Point.WRITE),
    /** The event and all later events arrive late. */
    EVENT_STALE(Point.EVENT),
    /** The event never arrives; later the client of the watch has to list again. */
    EVENT_DROPPED(Point.EVENT),
    WATCH_CLOSED(Point.EVENT),
    /** The watch ends with 410. */
    WATCH_EXPIRED(Point.EVENT);

    /** The kind of activity that is counted, from the beginning of the scenario. */
    public enum Point {
        /** Requests that change something at the API server. Each test bed defines which of them count. */
        WRITE,
        /** Calls of {@code lms load}, {@code unload} and {@code get}. */
        CALL,
        /** Events of the watches. Each test bed defines which of them count. */
        EVENT
    }

    private final Point point;

    FaultType(Point point) {
        this.point = point;
    }

    Point point() {
        return point;
    }

    boolean isCrash() {
        return name().startsWith("CRASH");
    }

    /** The notation in a plan. */
    String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static FaultType of(String text) {
        return valueOf(text.toUpperCase(Locale.ROOT).replace('-', '_'));
    }

    /** A takeover requires a Lease of the leader. */
    static List<FaultType> ofAgents() {
        return Arrays.stream(values()).filter(type -> type != TAKEOVER).toList();
    }

    /** Controllers do not call {@code lms}. */
    static List<FaultType> ofControllers() {
        return Arrays.stream(values()).filter(type -> type.point != Point.CALL).toList();
    }

    static List<FaultType> crashes() {
        return Arrays.stream(values()).filter(FaultType::isCrash).toList();
    }

    static List<FaultType> nonCrashes() {
        return Arrays.stream(values()).filter(type -> !type.isCrash()).toList();
    }

    /** Faults whose effect depends on the point. They are injected at every point. */
    static List<FaultType> atEveryPoint() {
        return Arrays.stream(values())
                .filter(type -> type.isCrash() || type.point == Point.CALL)
                .toList();
    }

    static List<FaultType> atSomePoints() {
        return Arrays.stream(values())
                .filter(type -> !atEveryPoint().contains(type))
                .toList();
    }
}
