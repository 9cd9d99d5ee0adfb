package dev.lmstudiooperator.simulator;

import dev.lmstudiooperator.controlplane.ControlPlaneExtension;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.Store;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Starts the simulator of a test class when a test first requests it. JUnit closes it with the class. */
public final class SimulatorExtension implements ParameterResolver, BeforeEachCallback {

    private static final Namespace NAMESPACE = Namespace.create(SimulatorExtension.class);

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == SimulatorProcess.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return store(context).computeIfAbsent(SimulatorProcess.class, key -> start(context), SimulatorProcess.class);
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        SimulatorProcess simulator = store(context).get(SimulatorProcess.class, SimulatorProcess.class);
        if (simulator != null) {
            simulator.reset();
        }
    }

    private static Store store(ExtensionContext context) {
        return ControlPlaneExtension.ofClass(context).getStore(NAMESPACE);
    }

    private static SimulatorProcess start(ExtensionContext context) {
        try {
            Path parent =
                    Files.createDirectories(Path.of("target", "simulators").toAbsolutePath());
            return SimulatorProcess.start(Files.createTempDirectory(
                    parent, context.getRequiredTestClass().getSimpleName() + "-"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
