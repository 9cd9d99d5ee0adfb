package dev.lmstudiooperator.image;

import static dev.lmstudiooperator.controlplane.Eventually.eventually;
import static dev.lmstudiooperator.operator.ModelSpecs.LLAMA;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.controlplane.Account;
import dev.lmstudiooperator.controlplane.ControlPlane;
import dev.lmstudiooperator.controlplane.RenderedManifests;
import dev.lmstudiooperator.controlplane.TestNamespace;
import dev.lmstudiooperator.controlplane.WithControlPlane;
import dev.lmstudiooperator.operator.AppliedModels;
import dev.lmstudiooperator.operator.ClusterCleanup;
import dev.lmstudiooperator.operator.OperatorProcess;
import dev.lmstudiooperator.simulator.SimulatorProcess;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs two containers of the image like the Pods of the overlay {@code cluster}: a controller, and an agent next to LM
 * Studio.
 */
@WithControlPlane
@TestInstance(Lifecycle.PER_CLASS)
class ImageRun {

    private static final String NODE = "image-node";

    private static final Pattern JVM_FLAG = Pattern.compile("-X(?!\\S+Shared)\\S+");

    private final ControlPlane controlPlane;
    private final UnpackedImage image;
    private final AppliedModels models;
    private final SimulatorProcess lmStudio;
    private final RunningContainer controller;
    private final RunningContainer agent;

    ImageRun(ControlPlane controlPlane, TestNamespace namespace, @TempDir Path folder) {
        this.controlPlane = controlPlane;
        this.models = new AppliedModels(controlPlane.admin(), namespace.name());
        ClusterCleanup.remove(controlPlane.admin());
        this.image = UnpackedImage.into(folder);
        RenderedManifests cluster = RenderedManifests.of(
                controlPlane.kubectl().run("kustomize", "k8s/overlays/cluster").orThrow());

        this.controller = launch(
                new PodContainer(
                                image,
                                cluster.get(Deployment.class, "lmstudio-operator-controller")
                                        .getSpec()
                                        .getTemplate()
                                        .getSpec())
                        .withVolumes(),
                Account.controller(),
                Map.of(),
                folder.resolve("controller"));

        PodSpec agents = cluster.get(DaemonSet.class, "lmstudio-operator-agent")
                .getSpec()
                .getTemplate()
                .getSpec();
        GpuMachine machine = GpuMachine.start(folder, agents.getSecurityContext());
        this.lmStudio = machine.lmStudio();
        PodContainer beside = new PodContainer(image, machine.atHome(agents)).withVolumes();
        machine.simulatorsOwn(image).forEach(beside::withFile);
        this.agent = launch(
                beside,
                Account.agentOn(NODE),
                Map.of("LMSTUDIO_OPERATOR_HTTP_URL", lmStudio.httpUrl().toString()),
                folder.resolve("agent"));
    }

    @BeforeAll
    void bothBecomeReady() {
        controller.operator().awaitReady();
        agent.operator().awaitReady();
    }

    private RunningContainer launch(PodContainer container, Account account, Map<String, String> more, Path folder) {
        int port = OperatorProcess.freePort();
        ServiceAccountFiles credentials =
                ServiceAccountFiles.write(controlPlane.clientFor(account).getConfiguration(), folder);
        Map<String, String> environment = new HashMap<>(more);
        environment.putAll(credentials.environment());
        environment.put("QUARKUS_HTTP_PORT", String.valueOf(port));
        container
                .withFile(ServiceAccountFiles.MOUNT, credentials.folder())
                .withEnvironment(Map.of("metadata.namespace", account.namespace(), "spec.nodeName", NODE), environment);
        return RunningContainer.launch(folder, container.configuration(), port);
    }

    @Test
    void healthChecksAnswer() {
        for (RunningContainer container : List.of(controller, agent)) {
            for (String check : List.of("started", "live", "ready")) {
                assertThat(container.operator().get("/q/health/" + check)).startsWith("200");
            }
        }
    }

    /** An {@code lms} that is linked against glibc loads the model and lists it. */
    @Test
    void modelBecomesReady() {
        models.apply("served", LLAMA);

        awaitReason("served", "Verified");
        assertThat(lmStudio.journal().loadsOf("served")).containsExactly("loaded");
    }

    /** A program of the image sends SIGINT. */
    @Test
    void runningLoadIsCancelled() {
        lmStudio.setLoadTime(Duration.ofMinutes(5));
        models.apply("cancelled", LLAMA);
        eventually("a load is in progress", lmStudio::loading, loads -> !loads.isEmpty());

        models.apply("cancelled", LLAMA + ", suspend: true");

        awaitReason("cancelled", "Suspended");
        assertThat(lmStudio.journal().loadsOf("cancelled")).containsExactly("cancelled");
        lmStudio.setLoadTime(Duration.ZERO);
    }

    @Test
    void processesAreTheUsersOfThePodsAndMayDoNothingElse() {
        assertThat(controller.kernelSays("status")).contains("Uid:\t65532\t65532\t65532\t65532");
        assertThat(agent.kernelSays("status")).contains("Uid:\t1000\t1000\t1000\t1000");
        for (RunningContainer container : List.of(controller, agent)) {
            assertThat(container.kernelSays("status")).contains("CapBnd:\t0000000000000000", "NoNewPrivs:\t1");
        }
    }

    /**
     * {@code /tmp} contains files of Java and Vert.x, the output of calls, and the mounted home directory of this test.
     */
    @Test
    void nothingIsWrittenButWhereItMayBe() {
        models.apply("writing", LLAMA);
        awaitReason("writing", "Verified");

        for (RunningContainer container : List.of(controller, agent)) {
            assertThat(container.kernelSays("mounts"))
                    .anyMatch(mount -> mount.matches("\\S+ / \\S+ ro[ ,].*"))
                    .noneMatch(mount -> mount.matches("\\S+ /app\\S* .*"));
            assertThat(container.operator().log()).doesNotContain("Read-only file system", "Permission denied");
            assertThat(container.list("/tmp"))
                    .allMatch(name -> name.matches("hsperfdata_.*|vertx-cache|child-process-.*|junit-.*"));
        }
    }

    @Test
    void billOfMaterialsListsEveryLibrary() {
        List<String> listed = UnpackedImage.json(
                        UnpackedImage.read(image.files().resolve("app/lmstudio-operator.cdx.json")))
                .findValuesAsText("location");

        assertThat(image.filesOfApp("lib"))
                .filteredOn(file -> file.endsWith(".jar"))
                .isNotEmpty()
                .isSubsetOf(listed);
    }

    @Test
    void javaRunsAsInTheSystemdUnitAndAsItIsMeasured() {
        String unit = UnpackedImage.read(Path.of("deploy", "systemd", "lmstudio-operator.service"));

        assertThat(image.command())
                .filteredOn(argument -> argument.startsWith("-X"))
                .isNotEmpty()
                .isEqualTo(JVM_FLAG.matcher(unit)
                        .results()
                        .map((MatchResult match) -> match.group())
                        .toList())
                .containsExactly(OperatorProcess.DEFAULT_JVM_FLAGS.split(" "));
    }

    private void awaitReason(String name, String reason) {
        eventually(
                name + " has the reason " + reason,
                () -> models.resource(name).get(),
                model -> model != null && reason.equals(AppliedModels.reason(model)));
    }

    @AfterAll
    void processesEndOnSigterm() {
        agent.close();
        controller.close();
        lmStudio.close();
    }
}
