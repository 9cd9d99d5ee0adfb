package dev.lmstudiooperator.controlplane;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Provides parameters to tests and their constructors: a {@link ControlPlane} and a {@link TestNamespace} of this test
 * class.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(ControlPlaneExtension.class)
public @interface WithControlPlane {

    /**
     * Whether all test classes use the same control plane, with the manifests applied. Otherwise the test class has an
     * empty one of its own, for example because it changes objects of the whole cluster.
     */
    boolean shared() default true;
}
