package dev.lmstudiooperator.scenarios;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A test of the operator as a process that causes one failure. It runs a real API server and the simulated LM Studio,
 * and checks the result in the status and in the journal of the simulator.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface FailureScenario {

    Category value();
}
