package dev.lmstudiooperator.preflight;

import java.util.List;

/**
 * A component of the operator, according to its role. It starts as soon as the API server serves the resources that it
 * needs.
 */
public interface Component {

    /** The API server permissions that the component needs. */
    List<PolicyRule> rules();

    void start();

    /** Whether the component has the information that it needs to work. */
    boolean isReady();

    /**
     * Whether the component makes progress. Missing responses of other systems do not count, because a restart would not
     * help.
     */
    default boolean isAlive() {
        return true;
    }

    void stop();
}
