package dev.lmstudiooperator.controlplane;

import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.Store;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Starts a control plane for the first test that requires it, and closes it when this JVM ends. */
public final class ControlPlaneExtension implements BeforeAllCallback, ParameterResolver {

    private static final Namespace NAMESPACE = Namespace.create(ControlPlaneExtension.class);

    /**
     * Not in a store of JUnit: if several processes run the tests, Surefire runs each test class as a test plan of its own,
     * and JUnit closes all stores after it.
     */
    private static @Nullable ControlPlane shared;

    @Override
    public void beforeAll(ExtensionContext context) {
        beginTestClass();
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        return type == ControlPlane.class || type == TestNamespace.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == ControlPlane.class ? controlPlane(context) : namespace(context);
    }

    /** Returns the control plane that all test classes share, or the one of this test class. */
    public static ControlPlane controlPlane(ExtensionContext context) {
        return isShared(context.getRequiredTestClass())
                ? shared()
                : ofClass(context)
                        .getStore(NAMESPACE)
                        .computeIfAbsent(ControlPlane.class, key -> ControlPlane.start(), ControlPlane.class);
    }

    private static synchronized void beginTestClass() {
        if (shared != null) {
            shared.beginTestClass();
        }
    }

    private static synchronized ControlPlane shared() {
        if (shared == null) {
            ControlPlane started = ControlPlane.start();
            Runtime.getRuntime().addShutdownHook(new Thread(started::close));
            shared = started.applyManifests();
        }
        return shared;
    }

    private static boolean isShared(Class<?> testClass) {
        WithControlPlane annotation = testClass.getAnnotation(WithControlPlane.class);
        return annotation == null || annotation.shared();
    }

    /** Returns the namespace of this test class. */
    public static TestNamespace namespace(ExtensionContext context) {
        return store(context)
                .computeIfAbsent(
                        context.getRequiredTestClass(),
                        testClass -> controlPlane(context).createNamespace(inKebabCase(testClass.getSimpleName())),
                        TestNamespace.class);
    }

    /** Returns the context of the test class, whose store lives as long as the class. */
    public static ExtensionContext ofClass(ExtensionContext context) {
        ExtensionContext ofClass = context;
        while (ofClass.getTestMethod().isPresent()) {
            ofClass = ofClass.getParent().orElseThrow();
        }
        return ofClass;
    }

    private static Store store(ExtensionContext context) {
        return context.getRoot().getStore(NAMESPACE);
    }

    private static String inKebabCase(String name) {
        return name.replaceAll("(?<=[a-z0-9])(?=[A-Z])", "-").toLowerCase(Locale.ROOT);
    }
}
