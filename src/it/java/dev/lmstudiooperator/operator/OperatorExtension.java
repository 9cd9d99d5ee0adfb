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
import org.junit.jupiter.api.extension.ExtensionContext.Store;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Starts the fixture or the cluster of a test class when a test first requests it. JUnit closes it with the class. */
final class OperatorExtension implements ParameterResolver, AfterEachCallback {

    private static final Namespace NAMESPACE = Namespace.create(OperatorExtension.class);

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        return type == OperatorFixture.class || type == Cluster.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == Cluster.class
                ? store(context).computeIfAbsent(Cluster.class, key -> cluster(context), Cluster.class)
                : store(context).computeIfAbsent(OperatorFixture.class, key -> start(context), OperatorFixture.class);
    }

    @Override
    public void afterEach(ExtensionContext context) {
        OperatorFixture fixture = store(context).get(OperatorFixture.class, OperatorFixture.class);
        if (fixture != null) {
            fixture.tidyUp();
        }
    }

    private static Store store(ExtensionContext context) {
        return ControlPlaneExtension.ofClass(context).getStore(NAMESPACE);
    }

    private static OperatorFixture start(ExtensionContext context) {
        ControlPlane controlPlane = ControlPlaneExtension.controlPlane(context);
        String namespace = ControlPlaneExtension.namespace(context).name();
        OperatorFixture fixture =
                OperatorFixture.start(controlPlane, namespace, folder(namespace), configuration(context));
        fixture.operator().awaitReady();
        return fixture;
    }

    private static Cluster cluster(ExtensionContext context) {
        String namespace = ControlPlaneExtension.namespace(context).name();
        try {
            Path folder = Files.createTempDirectory(folder(namespace), "cluster-");
            return Cluster.on(ControlPlaneExtension.controlPlane(context), namespace, folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Map<String, String> configuration(ExtensionContext context) {
        return Stream.of(context.getRequiredTestClass()
                        .getAnnotation(OperatorTest.class)
                        .value())
                .map(assignment -> assignment.split("=", 2))
                .collect(Collectors.toMap(assignment -> assignment[0], assignment -> assignment[1]));
    }

    private static Path folder(String namespace) {
        try {
            return Files.createDirectories(
                    Path.of("target", "operator-fixtures", namespace).toAbsolutePath());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
