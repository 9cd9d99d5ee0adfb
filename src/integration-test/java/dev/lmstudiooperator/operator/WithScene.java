package dev.lmstudiooperator.operator;

import dev.lmstudiooperator.controlplane.WithControlPlane;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The constructor may ask for a {@link Scene}, which is the class's own: its operator is ready, and after each test it is
 * tidied up, which also judges what must hold whatever the test was about.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@WithControlPlane
@ExtendWith(SceneExtension.class)
public @interface WithScene {

    /** More configuration of the operator, as {@code VARIABLE=value}. */
    String[] value() default {};
}
