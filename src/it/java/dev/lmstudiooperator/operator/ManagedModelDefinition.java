package dev.lmstudiooperator.operator;

import static java.util.Objects.requireNonNull;

import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.controlplane.ControlPlane;
import dev.lmstudiooperator.controlplane.RetryOnConflict;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import java.util.function.Consumer;

/**
 * The CustomResourceDefinition of ManagedModels, which a test changes.
 *
 * @param controlPlane the control plane that no other test class uses
 */
record ManagedModelDefinition(ControlPlane controlPlane) {

    private static final String NAME = HasMetadata.getFullResourceName(ManagedModel.class);

    void delete() {
        controlPlane.kubectl().run("delete", "crd", NAME).orThrow();
    }

    /** Changes the schema. The API server publishes the change with a delay. */
    CustomResourceDefinition edit(Consumer<JSONSchemaProps> change) {
        return RetryOnConflict.edit(
                controlPlane
                        .admin()
                        .apiextensions()
                        .v1()
                        .customResourceDefinitions()
                        .withName(NAME),
                definition -> {
                    change.accept(definition
                            .getSpec()
                            .getVersions()
                            .getFirst()
                            .getSchema()
                            .getOpenAPIV3Schema());
                    return definition;
                });
    }

    /** Accepts every {@code spec.retention}, as another release may. */
    void acceptAnyRetention() {
        edit(schema -> property(property(schema, "spec"), "retention").setEnum(null));
    }

    static JSONSchemaProps property(JSONSchemaProps schema, String name) {
        return requireNonNull(schema.getProperties().get(name), name);
    }
}
