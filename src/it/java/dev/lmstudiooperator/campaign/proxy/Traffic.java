package dev.lmstudiooperator.campaign.proxy;

import java.time.Duration;

/** Decides what happens to each write and each event that passes the proxy. */
public interface Traffic {

    /** Lets everything pass. */
    Traffic UNDISTURBED = new Traffic() {
        @Override
        public OfWrite write() {
            return new OfWrite.Pass();
        }

        @Override
        public OfEvent event() {
            return new OfEvent.Pass();
        }
    };

    /** Called once per request that changes something. Renewals of Leases do not count, because a timer sends them. */
    OfWrite write();

    /** Called once per event of a watch on ManagedModels. */
    OfEvent event();

    /** Handling of a write. */
    sealed interface OfWrite {

        record Pass() implements OfWrite {}

        /** The proxy responds with this status, and does not forward the write. */
        record Refuse(int status) implements OfWrite {}

        /** The proxy does not forward the write. It runs the action and cuts the connection. */
        record CutBefore(Runnable then) implements OfWrite {}

        /** The proxy forwards the write. Instead of returning the response, it runs the action and cuts the connection. */
        record CutAfter(Runnable then) implements OfWrite {}

        /** The proxy does not forward the write. The connection stalls for this duration, and is then cut. */
        record Stall(Duration silence) implements OfWrite {}
    }

    /** Handling of an event. */
    sealed interface OfEvent {

        record Pass() implements OfEvent {}

        /** This event and all later ones are delayed by this duration. */
        record Delay(Duration by) implements OfEvent {}

        /** The watch ends before the event. */
        record Close() implements OfEvent {}

        /** The watch ends with 410 before the event, so that the client has to list again. */
        record Expire() implements OfEvent {}

        /** The event is dropped, and so are all events within this duration. Then the watch ends with 410. */
        record Drop(Duration blindness) implements OfEvent {}
    }
}
