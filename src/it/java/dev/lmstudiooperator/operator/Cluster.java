package dev.lmstudiooperator.operator;

import dev.lmstudiooperator.api.v1alpha1.LMStudioNode;
import dev.lmstudiooperator.controlplane.Account;
import dev.lmstudiooperator.controlplane.ControlPlane;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** A controller and machines with agents. Each process uses its own service account. */
final class Cluster implements AutoCloseable {

    private final ControlPlane controlPlane;
    private final AppliedModels models;
    private final ReportedNodes nodes;
    private final Path folder;
    private final List<OperatorProcess> controllers = new ArrayList<>();
    private final List<AgentFixture> machines = new ArrayList<>();

    private Cluster(ControlPlane controlPlane, AppliedModels models, Path folder) {
        this.controlPlane = controlPlane;
        this.models = models;
        this.nodes = new ReportedNodes(controlPlane.admin());
        this.folder = folder;
    }

    /** An empty cluster on the shared control plane. */
    static Cluster on(ControlPlane controlPlane, String namespace, Path folder) {
        ClusterCleanup.remove(controlPlane.admin());
        return new Cluster(controlPlane, new AppliedModels(controlPlane.admin(), namespace), folder);
    }

    /** Starts a controller; the first one becomes the leader. */
    OperatorProcess addController() {
        return addController(Map.of());
    }

    /** Starts a controller with additional environment variables. */
    OperatorProcess addController(Map<String, String> more) {
        Map<String, String> environment = new HashMap<>(more);
        environment.put(
                "KUBECONFIG", controlPlane.kubeconfigFor(Account.controller()).toString());
        environment.put("LMSTUDIO_OPERATOR_ROLE", "controller");
        OperatorProcess controller = OperatorProcess.launch(environment);
        controllers.add(controller);
        return controller;
    }

    AgentFixture addMachine(String name) {
        return addMachine(name, Map.of());
    }

    /** Adds a machine with additional configuration of its agent. */
    AgentFixture addMachine(String name, Map<String, String> configuration) {
        return addMachine(name, controlPlane.kubeconfigFor(Account.agentOn(name)), configuration);
    }

    /** Adds a machine that need not be a Node of the cluster. The kubeconfig identifies its agent. */
    AgentFixture addMachine(String name, Path kubeconfig) {
        return addMachine(name, kubeconfig, Map.of());
    }

    private AgentFixture addMachine(String name, Path kubeconfig, Map<String, String> configuration) {
        try {
            AgentFixture machine =
                    AgentFixture.start(kubeconfig, name, Files.createDirectories(folder.resolve(name)), configuration);
            machines.add(machine);
            return machine;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    AgentFixture machine(String name) {
        return machines.stream()
                .filter(machine -> machine.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    /** Waits until all started processes are ready and all nodes are reachable. */
    Cluster awaitReady() {
        controllers.forEach(OperatorProcess::awaitReady);
        machines.forEach(machine -> machine.agent().awaitReady());
        machines.forEach(machine -> awaitNode(machine.name(), "True", "Reachable"));
        return this;
    }

    AppliedModels models() {
        return models;
    }

    KubernetesClient admin() {
        return controlPlane.admin();
    }

    /** The LMStudioNodes as the API server returns them. */
    ReportedNodes nodes() {
        return nodes;
    }

    Resource<LMStudioNode> node(String name) {
        return nodes.resource(name);
    }

    LMStudioNode awaitNode(String name, String ready, String reason) {
        return nodes.await(name, ready, reason);
    }

    LMStudioNode awaitNode(String name, String claim, Predicate<LMStudioNode> isSo) {
        return nodes.await(name, claim, isSo);
    }

    /** Creates a Kubernetes Node, as if the machine had joined the cluster. */
    Node createKubernetesNode(String name, Map<String, String> labels) {
        return admin().resource(new NodeBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .addToLabels(labels)
                        .endMetadata()
                        .build())
                .create();
    }

    @Override
    public void close() {
        controllers.forEach(OperatorProcess::close);
        machines.forEach(AgentFixture::close);
    }
}
