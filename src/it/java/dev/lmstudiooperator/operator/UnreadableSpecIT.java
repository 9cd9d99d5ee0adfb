package dev.lmstudiooperator.operator;

import static dev.lmstudiooperator.controlplane.Eventually.eventually;
import static dev.lmstudiooperator.operator.ModelSpecs.QWEN_VERIFIED_OFTEN;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.controlplane.ControlPlane;
import dev.lmstudiooperator.controlplane.WithControlPlane;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A spec of a newer release keeps its instance loaded, but does not block the deletion of its ManagedModel. The test changes
 * the CRD and therefore does not share its control plane.
 */
@WithControlPlane(shared = false)
class UnreadableSpecIT {

    private static final String NAMESPACE = "default";

    private static final String MODEL = "managedmodel/chat";
    private static final String READY = "{.status.conditions[?(@.type==\"Ready\")]}";

    private final ControlPlane controlPlane;
    private OperatorFixture fixture;

    UnreadableSpecIT(ControlPlane controlPlane) {
        this.controlPlane = controlPlane.applyManifests();
    }

    @BeforeEach
    void start(@TempDir Path directory) {
        fixture = OperatorFixture.start(controlPlane, NAMESPACE, directory, Map.of());
        fixture.operator().awaitReady();
        new ManagedModelDefinition(controlPlane).acceptAnyRetention();
    }

    @AfterEach
    void stop() {
        fixture.close();
    }

    @Test
    void deletedModelIsReleasedByForce() {
        fixture.applyAndAwaitReady("chat", QWEN_VERIFIED_OFTEN);
        eventually("the value of another release is stored", this::storeUnreadableRetention, isStored -> isStored);
        kubectl("delete", MODEL, "--wait=false");
        eventually(
                "the reason of the deleted model is InvalidSpec",
                () -> kubectl("get", MODEL, "-o", "jsonpath={.metadata.deletionTimestamp} " + READY),
                reported -> reported.contains("InvalidSpec") && reported.contains("spec.retention is 'Forever'"));

        kubectl("annotate", MODEL, ManagedModel.FORCE_RELEASE_ANNOTATION + "=true");

        kubectl("wait", MODEL, "--for=delete", "--timeout=30s");
        assertThat(fixture.journal().calls("unload")).isEmpty();
        assertThat(fixture.lmStudio().instances()).hasSize(1);
    }

    /** The Java client cannot read such a spec either. */
    private String kubectl(String verb, String... arguments) {
        return controlPlane
                .kubectl()
                .run(Stream.concat(Stream.of(verb, "-n", NAMESPACE), Stream.of(arguments))
                        .toArray(String[]::new))
                .orThrow();
    }

    private boolean storeUnreadableRetention() {
        return controlPlane
                        .kubectl()
                        .run(
                                "patch",
                                "managedmodel",
                                "chat",
                                "-n",
                                NAMESPACE,
                                "--type=merge",
                                "-p",
                                "{\"spec\":{\"retention\":\"Forever\"}}")
                        .exitCode()
                == 0;
    }
}
