package dev.lmstudiooperator.scenarios;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A test of the operator as a process, with a real API server and the simulated LM Studio, that brings about one failure, and
 * judges the end by the status in the API server and by the simulator's journal.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface FailureScenario {

    Category value();
}
