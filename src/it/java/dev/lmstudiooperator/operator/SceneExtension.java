package dev.lmstudiooperator.operator;

import dev.lmstudiooperator.controlplane.ControlPlane;
import dev.lmstudiooperator.controlplane.ControlPlaneExtension;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Starts the fixture of a test class when a test first requests it. JUnit closes it with the class. */
final class SceneExtension implements ParameterResolver, AfterEachCallback {

    private static final Namespace NAMESPACE = Namespace.create(SceneExtension.class);

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == Scene.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return ofClass(context).getStore(NAMESPACE).computeIfAbsent(Scene.class, key -> start(context), Scene.class);
    }

    @Override
    public void afterEach(ExtensionContext context) {
        Scene scene = ofClass(context).getStore(NAMESPACE).get(Scene.class, Scene.class);
        if (scene != null) {
            scene.tidyUp();
        }
    }

    private static Scene start(ExtensionContext context) {
        ControlPlane controlPlane = ControlPlaneExtension.controlPlane(context);
        String namespace = ControlPlaneExtension.namespace(context).name();
        Scene scene = Scene.start(controlPlane, namespace, folder(namespace), configuration(context));
        scene.operator().awaitReady();
        return scene;
    }

    private static Map<String, String> configuration(ExtensionContext context) {
        return Stream.of(context.getRequiredTestClass()
                        .getAnnotation(WithScene.class)
                        .value())
                .map(assignment -> assignment.split("=", 2))
                .collect(Collectors.toMap(assignment -> assignment[0], assignment -> assignment[1]));
    }

    private static Path folder(String namespace) {
        try {
            return Files.createDirectories(
                    Path.of("target", "scenes", namespace).toAbsolutePath());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ExtensionContext ofClass(ExtensionContext context) {
        ExtensionContext ofClass = context;
        while (ofClass.getTestMethod().isPresent()) {
            ofClass = ofClass.getParent().orElseThrow();
        }
        return ofClass;
    }
}
