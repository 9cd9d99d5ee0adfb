package dev.lmstudiooperator.operator;

import static dev.lmstudiooperator.controlplane.Eventually.eventually;
import static dev.lmstudiooperator.operator.ManagedModelDefinition.property;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.controlplane.Account;
import dev.lmstudiooperator.controlplane.ControlPlane;
import dev.lmstudiooperator.controlplane.TcpProxy;
import dev.lmstudiooperator.controlplane.WithControlPlane;
import dev.lmstudiooperator.simulator.SimulatorProcess;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** Startup of the operator while the cluster is not ready for it. The tests prepare one control plane step by step. */
@WithControlPlane(shared = false)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(OrderAnnotation.class)
class StartupIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String NODE = "gpu-1";

    private final ControlPlane controlPlane;
    private final ManagedModelDefinition managedModels;
    private SimulatorProcess lmStudio;

    StartupIT(ControlPlane controlPlane) {
        this.controlPlane = controlPlane;
        this.managedModels = new ManagedModelDefinition(controlPlane);
    }

    @BeforeAll
    void start(@TempDir Path directory) {
        lmStudio = SimulatorProcess.start(directory);
    }

    @AfterAll
    void stop() {
        lmStudio.close();
    }

    @Test
    @Order(1)
    void missingDefinitionIsWaitedFor() {
        controlPlane.applyManifests();
        managedModels.delete();
        try (OperatorProcess operator = launch(controlPlane.kubeconfigFor(Account.allOn(NODE)))) {
            operator.awaitLog("ManagedModels are not installed");
            assertThat(operator.log()).contains("install the CustomResourceDefinition with `kubectl apply -k k8s`");
            assertWaits(operator);

            controlPlane.applyManifests();

            operator.awaitReady();
            assertThat(operator.log()).contains("The API server serves ManagedModels");
            assertThat(operator.linesWith("ManagedModels are not installed")).hasSize(1);
        }
    }

    @Test
    @Order(2)
    void absentApiServerIsWaitedForAndMayGoAway() {
        try (TcpProxy proxy = controlPlane.proxy();
                OperatorProcess operator = launch(controlPlane.kubeconfigFor(Account.allOn(NODE), proxy))) {
            operator.awaitLog("does not answer");
            assertThat(operator.log()).contains("Connection refused", "KUBECONFIG");
            assertWaits(operator);

            proxy.open();
            operator.awaitReady();
            assertThat(operator.linesWith("does not answer")).hasSize(1);

            proxy.shut();
            eventually(
                    "the operator is not ready without its API server",
                    PATIENCE,
                    () -> operator.get("/q/health/ready"),
                    seen -> seen.startsWith("503"));
            assertThat(operator.get("/q/health/live")).startsWith("200");

            proxy.open();
            operator.awaitReady();
            assertThat(operator.isAlive()).isTrue();
        }
    }

    @Test
    @Order(3)
    void olderDefinitionIsNamedFieldByField() {
        CustomResourceDefinition older = managedModels.edit(schema -> {
            JSONSchemaProps status = property(schema, "status");
            status.getProperties().remove("evictions");
            property(status, "verification").getProperties().remove("latencyMillis");
        });
        assertThat(older.getMetadata().getGeneration()).isGreaterThan(1);
        awaitPublished();
        try (OperatorProcess operator = launch(controlPlane.kubeconfigFor(Account.allOn(NODE)))) {
            operator.awaitReady();

            assertThat(operator.log())
                    .contains(
                            "is older than this operator",
                            "it lacks status.evictions, status.verification.latencyMillis.")
                    .contains("kubectl apply -k k8s");
        }
    }

    /** The object is stored while the CRD of another release allows it. An API server does not validate stored objects. */
    @Test
    @Order(4)
    void objectOfAnotherReleaseIsReportedAndTheOthersAreServed() {
        managedModels.acceptAnyRetention();
        eventually("the value of another release is stored", () -> create("strange", "Forever"), isStored -> isStored);
        create("plain", "KeepLoaded");

        try (OperatorProcess operator = launch(controlPlane.kubeconfigFor(Account.allOn(NODE)))) {
            operator.awaitReady();

            eventually("the valid ManagedModel is served", () -> ready("plain", "reason"), "Verified"::equals);
            eventually("the invalid ManagedModel is reported", () -> ready("strange", "reason"), "InvalidSpec"::equals);
            assertThat(ready("strange", "message")).contains("spec.retention is 'Forever'", "KeepLoaded", "Temporary");
            assertThat(lmStudio.journal().calls("load")).hasSize(1);
        }
    }

    /** A global HTTPS_PROXY may also apply to the API server by mistake. */
    @Test
    @Order(5)
    void deadProxyIsNamedWithoutItsCredentials() {
        String proxy = "127.0.0.1:" + OperatorProcess.freePort();
        Map<String, String> environment = environment(
                controlPlane.kubeconfigFor(Account.allOn(NODE), URI.create("https://api.corp.example:6443")));
        environment.put("HTTPS_PROXY", "http://user:opensesame@" + proxy);
        environment.put("NO_PROXY", "corp.example.org");
        try (OperatorProcess operator = OperatorProcess.launch(environment)) {
            operator.awaitLog("does not answer");

            assertThat(operator.log())
                    .contains("asked through the proxy " + proxy, "NO_PROXY")
                    .doesNotContain("opensesame");
            assertWaits(operator);
        }
    }

    private boolean create(String name, String retention) {
        try {
            controlPlane
                    .admin()
                    .resource(Serialization.unmarshal("""
                            apiVersion: lmstudio-operator.dev/v1alpha1
                            kind: ManagedModel
                            metadata: {name: %s, namespace: default}
                            spec: {model: llama-3.2-1b-instruct, retention: %s}
                            """.formatted(name, retention), GenericKubernetesResource.class))
                    .create();
            return true;
        } catch (KubernetesClientException e) {
            return false;
        }
    }

    private String ready(String name, String field) {
        return controlPlane
                .kubectl()
                .run(
                        "get",
                        "managedmodel",
                        name,
                        "-n",
                        "default",
                        "-o",
                        "jsonpath={.status.conditions[?(@.type==\"Ready\")].%s}".formatted(field))
                .orThrow();
    }

    /** The API server publishes a changed CRD with a delay. */
    private void awaitPublished() {
        eventually(
                "the changed CRD is published",
                () -> controlPlane.admin().raw("/openapi/v3/apis/lmstudio-operator.dev/v1alpha1"),
                document -> document != null && !document.contains("\"evictions\""));
    }

    private static void assertWaits(OperatorProcess operator) {
        assertThat(operator.get("/q/health/live")).startsWith("200");
        assertThat(operator.get("/q/health/ready")).startsWith("503");
        eventually("the operator has started", () -> operator.get("/q/health/started"), seen -> seen.startsWith("200"));
    }

    private OperatorProcess launch(Path kubeconfig) {
        return OperatorProcess.launch(environment(kubeconfig));
    }

    private Map<String, String> environment(Path kubeconfig) {
        Map<String, String> environment = OperatorProcess.environmentFor(lmStudio);
        environment.put("KUBECONFIG", kubeconfig.toString());
        environment.put("LMSTUDIO_OPERATOR_NODE_NAME", NODE);
        return environment;
    }
}
