package dev.lmstudiooperator.controlplane;

import java.util.Locale;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.Store;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Starts the control plane for the first test that asks for it. JUnit closes it when the last test has ended. */
final class ControlPlaneExtension implements ParameterResolver {

    private static final Namespace NAMESPACE = Namespace.create(ControlPlaneExtension.class);

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        return type == ControlPlane.class || type == TestNamespace.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        Store store = context.getRoot().getStore(NAMESPACE);
        ControlPlane controlPlane = store.computeIfAbsent(
                ControlPlane.class, key -> ControlPlane.start().applyManifests(), ControlPlane.class);
        return parameter.getParameter().getType() == ControlPlane.class
                ? controlPlane
                : store.computeIfAbsent(
                        context.getRequiredTestClass(),
                        testClass -> controlPlane.createNamespace(inKebabCase(testClass.getSimpleName())),
                        TestNamespace.class);
    }

    private static String inKebabCase(String name) {
        return name.replaceAll("(?<=[a-z0-9])(?=[A-Z])", "-").toLowerCase(Locale.ROOT);
    }
}
