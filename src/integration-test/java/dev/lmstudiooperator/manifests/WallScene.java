package dev.lmstudiooperator.manifests;

import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.controlplane.Account;
import dev.lmstudiooperator.controlplane.ControlPlane;
import dev.lmstudiooperator.controlplane.TestNamespace;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** ManagedModels on both sides of the wall, and the accounts that try to change them. */
final class WallScene {

    private static final PatchContext APPLY = new PatchContext.Builder()
            .withPatchType(PatchType.SERVER_SIDE_APPLY)
            .withFieldManager("wall-test")
            .withForce(true)
            .build();

    private final ControlPlane controlPlane;
    private final Actor people;
    private final Map<Account, Actor> actors = new HashMap<>();
    private final String namespace;

    WallScene(ControlPlane controlPlane, TestNamespace namespace) {
        this.controlPlane = controlPlane;
        this.people = new Actor(controlPlane.admin());
        this.namespace = namespace.name();
    }

    String namespace() {
        return namespace;
    }

    String modelOn(@Nullable String node) {
        return modelOn(node, "");
    }

    /** @param metadata YAML for the inside of braces */
    String modelOn(@Nullable String node, String metadata) {
        String name = create(metadata, "model: llama");
        if (node != null) {
            people.patchStatus(name, "{status: {nodeName: " + node + "}}");
        }
        return name;
    }

    String modelPinnedTo(String node) {
        return create("", "model: llama, nodeName: " + node);
    }

    ManagedModel stored(String model) {
        return find(controlPlane.admin(), model).require();
    }

    boolean exists(String model) {
        return find(controlPlane.admin(), model).get() != null;
    }

    void delete(String model) {
        people.delete(model);
    }

    Actor as(Account account) {
        return actors.computeIfAbsent(account, who -> new Actor(controlPlane.clientFor(who)));
    }

    /** An account of the operator's namespace to which RBAC gives every right. */
    Actor asMightyAccount() {
        Config mighty = new ConfigBuilder(controlPlane.admin().getConfiguration())
                .withImpersonateUsername("system:serviceaccount:" + Account.OPERATOR_NAMESPACE + ":mighty")
                .withImpersonateGroups("system:masters")
                .build();
        return new Actor(new KubernetesClientBuilder().withConfig(mighty).build());
    }

    private String create(String metadata, String spec) {
        return controlPlane
                .admin()
                .resource(model("generateName: model-, " + metadata, "spec: {" + spec + "}"))
                .create()
                .getMetadata()
                .getName();
    }

    private ManagedModel model(String metadata, String rest) {
        return Serialization.unmarshal("""
                apiVersion: lmstudio-operator.dev/v1alpha1
                kind: ManagedModel
                metadata: {namespace: %s, %s}
                %s
                """.formatted(namespace, metadata, rest), ManagedModel.class);
    }

    private Resource<ManagedModel> find(KubernetesClient client, String model) {
        return client.resources(ManagedModel.class).inNamespace(namespace).withName(model);
    }

    private static String json(String yaml) {
        // Without the marker, a text that begins with a brace is taken for JSON.
        return Serialization.asJson(Serialization.unmarshal("--- " + yaml, Object.class));
    }

    /** One account at work. */
    final class Actor {

        private final KubernetesClient client;

        private Actor(KubernetesClient client) {
            this.client = client;
        }

        void create(String name) {
            client.resource(model("name: " + name, "spec: {model: llama}")).create();
        }

        void patch(String model, String change) {
            find(client, model).patch(PatchContext.of(PatchType.JSON_MERGE), json(change));
        }

        void patchStatus(String model, String change) {
            find(client, model).subresource("status").patch(PatchContext.of(PatchType.JSON_MERGE), json(change));
        }

        /** As JOSDK adds it. */
        void applyFinalizer(String model) {
            client.resource(model("name: " + model + ", finalizers: [" + ManagedModel.FINALIZER + "]", ""))
                    .patch(APPLY);
        }

        void applyStatus(String model, String status) {
            client.resource(model("name: " + model, "status: " + status))
                    .subresource("status")
                    .patch(APPLY);
        }

        void delete(String model) {
            find(client, model).delete();
        }
    }
}
