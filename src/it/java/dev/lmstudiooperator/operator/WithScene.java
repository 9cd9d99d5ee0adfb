package dev.lmstudiooperator.operator;

import dev.lmstudiooperator.controlplane.WithControlPlane;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Runs a test class with a {@link Scene}. The constructor can request it as a parameter, and the class does not share it.
 * Its operator is ready. After each test the fixture is cleaned up, which also verifies the general invariants.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@WithControlPlane
@ExtendWith(SceneExtension.class)
public @interface WithScene {

    /** Additional configuration of the operator, as {@code VARIABLE=value}. */
    String[] value() default {};
}
