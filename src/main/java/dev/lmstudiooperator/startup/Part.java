package dev.lmstudiooperator.startup;

/** A part of the operator, as its role has it: works from the moment that the API server serves what it needs. */
public interface Part {

    void start();

    /** Whether it knows what it needs to know for its work. */
    boolean isReady();

    void stop();
}
