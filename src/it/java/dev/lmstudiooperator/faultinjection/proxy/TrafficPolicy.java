package dev.lmstudiooperator.faultinjection.proxy;

import java.time.Duration;

/** Decides how the proxy handles each write and each event. */
public interface TrafficPolicy {

    /** Forwards everything. */
    TrafficPolicy PASS_THROUGH = new TrafficPolicy() {
        @Override
        public WriteAction write() {
            return new WriteAction.Pass();
        }

        @Override
        public EventAction event() {
            return new EventAction.Pass();
        }
    };

    /** Called once per write that counts. */
    WriteAction write();

    /** Called once per event of a watch that counts. */
    EventAction event();

    /** Handling of a write. */
    sealed interface WriteAction {

        record Pass() implements WriteAction {}

        /** The proxy runs the action, and then forwards the write. */
        record PassAfter(Runnable action) implements WriteAction {}

        /** The proxy responds with this status, and does not forward the write. */
        record Refuse(int status) implements WriteAction {}

        /** The proxy does not forward the write. It runs the action and cuts the connection. */
        record CutBefore(Runnable action) implements WriteAction {}

        /** The proxy forwards the write. Instead of returning the response, it runs the action and cuts the connection. */
        record CutAfter(Runnable action) implements WriteAction {}

        /** The proxy does not forward the write. The connection stalls for this duration, and is then cut. */
        record Stall(Duration duration) implements WriteAction {}
    }

    /** Handling of an event. */
    sealed interface EventAction {

        record Pass() implements EventAction {}

        /** This event and all later ones are delayed by this duration. */
        record Delay(Duration by) implements EventAction {}

        /** The watch ends before the event. */
        record Close() implements EventAction {}

        /** The watch ends with 410 before the event, so that the client has to list again. */
        record Expire() implements EventAction {}

        /** The event is dropped, and so are all events within this duration. Then the watch ends with 410. */
        record Drop(Duration duration) implements EventAction {}
    }
}
