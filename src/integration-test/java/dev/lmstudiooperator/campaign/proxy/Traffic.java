package dev.lmstudiooperator.campaign.proxy;

import java.time.Duration;

/** Is asked about everything that passes, and says what becomes of it. */
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

    /** Asked once per request that changes something; renewals of Leases are none, since a timer sends them. */
    OfWrite write();

    /** Asked once per event of a watch on ManagedModels. */
    OfEvent event();

    /** What becomes of a write. */
    sealed interface OfWrite {

        record Pass() implements OfWrite {}

        /** Is answered so, and not sent on. */
        record Refuse(int status) implements OfWrite {}

        /** Is not sent on; this is done, and the connection is cut. */
        record CutBefore(Runnable then) implements OfWrite {}

        /** Is sent on; when it is answered this is done, and the connection is cut instead of the answer. */
        record CutAfter(Runnable then) implements OfWrite {}

        /** Is not sent on; the connection is silent for so long, and then cut. */
        record Stall(Duration silence) implements OfWrite {}
    }

    /** What becomes of an event. */
    sealed interface OfEvent {

        record Pass() implements OfEvent {}

        /** This one and what follows it come so much later. */
        record Delay(Duration by) implements OfEvent {}

        /** The watch ends before it. */
        record Close() implements OfEvent {}

        /** The watch ends with 410 before it: the client has to list anew. */
        record Expire() implements OfEvent {}

        /** It is swallowed, and so is what comes in so much time; then the watch ends with 410. */
        record Drop(Duration blindness) implements OfEvent {}
    }
}
