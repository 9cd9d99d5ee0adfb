package dev.lmstudiooperator.operator;

import dev.lmstudiooperator.controlplane.WithControlPlane;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Runs a test class with an {@link OperatorFixture}, which it does not share. The constructor can request it as a
 * parameter. Its operator is ready. After each test the fixture is cleaned up, which also verifies the general invariants.
 *
 * <p>A test of several processes requests an empty {@link Cluster} instead. It adds controllers and machines, and cleans up
 * after its tests.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@WithControlPlane
@ExtendWith(OperatorExtension.class)
public @interface OperatorTest {

    /** Additional configuration of the operator, as {@code VARIABLE=value}. */
    String[] value() default {};
}
