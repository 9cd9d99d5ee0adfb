package dev.lmstudiooperator.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Categories;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Singular;
import io.fabric8.kubernetes.model.annotation.Version;
import org.jspecify.annotations.Nullable;

/**
 * A model that several nodes serve under one identifier. The controller creates one ManagedModel for each node. The name is
 * the value of a label, and the default of the identifier.
 */
@JsonClassDescription(
        "A model that several nodes serve under one identifier. The controller creates a ManagedModel for each"
                + " node, and updates them in turn when the template changes.")
@Group(ManagedModel.GROUP)
@Version("v1alpha1")
@Singular("managedmodelset")
@Plural("managedmodelsets")
@ShortNames("mms")
@Categories("lmstudio")
@AdditionalPrinterColumn(
        name = "Desired",
        jsonPath = ".status.desiredReplicas",
        type = AdditionalPrinterColumn.Type.INTEGER)
@AdditionalPrinterColumn(
        name = "Ready",
        jsonPath = ".status.readyReplicas",
        type = AdditionalPrinterColumn.Type.INTEGER)
@AdditionalPrinterColumn(
        name = "Updated",
        jsonPath = ".status.updatedReplicas",
        type = AdditionalPrinterColumn.Type.INTEGER)
@AdditionalPrinterColumn(
        name = "Available",
        jsonPath = ".status.availableReplicas",
        type = AdditionalPrinterColumn.Type.INTEGER)
@AdditionalPrinterColumn(name = "Model", jsonPath = ".spec.template.spec.model")
@AdditionalPrinterColumn(
        name = "Age",
        jsonPath = ".metadata.creationTimestamp",
        type = AdditionalPrinterColumn.Type.DATE)
@AdditionalPrinterColumn(name = "Reason", jsonPath = ".status.conditions[?(@.type==\"Ready\")].reason", priority = 1)
@AdditionalPrinterColumn(name = "Message", jsonPath = ".status.conditions[?(@.type==\"Ready\")].message", priority = 1)
@ValidationRule(
        value = "self.metadata.name.size() <= 63",
        message = "the name must have at most 63 characters, because it is the value of the label"
                + " lmstudio-operator.dev/set")
public class ManagedModelSet extends CustomResource<ManagedModelSetSpec, ManagedModelSetStatus> implements Namespaced {

    /** Label of a ManagedModel with the name of its set. */
    public static final String SET_LABEL = ManagedModel.GROUP + "/set";

    /** Label of a ManagedModel with the hash of the template that it has. */
    public static final String TEMPLATE_HASH_LABEL = ManagedModel.GROUP + "/template-hash";

    @Override
    @Required
    @JsonPropertyDescription("Desired state of the set.")
    public ManagedModelSetSpec getSpec() {
        return super.getSpec();
    }

    @Override
    @Default("{\"observedGeneration\":-1}")
    @JsonPropertyDescription("Observed state. The controller writes it, and only when it changes.")
    public ManagedModelSetStatus getStatus() {
        return super.getStatus();
    }

    /** Adds the UID, so that an apply to a deleted object does not change its successor. */
    @Override
    public void initNameAndNamespaceFrom(HasMetadata original) {
        super.initNameAndNamespaceFrom(original);
        getMetadata().setUid(original.getMetadata().getUid());
    }

    @Override
    protected @Nullable ManagedModelSetSpec initSpec() {
        return null;
    }

    @Override
    protected @Nullable ManagedModelSetStatus initStatus() {
        return null;
    }
}
