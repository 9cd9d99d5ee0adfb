package dev.lmstudiooperator.preflight;

import java.util.List;

/** A part of the operator, as its role has it: works from the moment that the API server serves what it needs. */
public interface Component {

    /** All that it does at the API server. */
    List<PolicyRule> rules();

    void start();

    /** Whether it knows what it needs to know for its work. */
    boolean isReady();

    /** Whether it goes on, be it that nobody answers it: a restart would bring nothing. */
    default boolean isAlive() {
        return true;
    }

    void stop();
}
