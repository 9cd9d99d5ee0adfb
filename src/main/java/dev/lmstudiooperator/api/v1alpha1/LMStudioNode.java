package dev.lmstudiooperator.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Categories;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Singular;
import io.fabric8.kubernetes.model.annotation.Version;
import org.jspecify.annotations.Nullable;

/** One LM Studio and the agent beside it. The agent creates it and writes its status; people write its spec. */
@JsonClassDescription(
        "One LM Studio and the agent beside it, by the name of its node. The agent creates it and writes its"
                + " status; people write its spec.")
@Group(ManagedModel.GROUP)
@Version("v1alpha1")
@Singular("lmstudionode")
@Plural("lmstudionodes")
@ShortNames("lmn")
@Categories("lmstudio")
@AdditionalPrinterColumn(name = "Ready", jsonPath = ".status.conditions[?(@.type==\"Ready\")].status")
@AdditionalPrinterColumn(name = "Reason", jsonPath = ".status.conditions[?(@.type==\"Ready\")].reason")
@AdditionalPrinterColumn(name = "Version", jsonPath = ".status.serverVersion")
@AdditionalPrinterColumn(
        name = "Loaded",
        jsonPath = ".status.loadedModels",
        type = AdditionalPrinterColumn.Type.INTEGER)
@AdditionalPrinterColumn(name = "Memory", jsonPath = ".status.memory.summary")
@AdditionalPrinterColumn(
        name = "Age",
        jsonPath = ".metadata.creationTimestamp",
        type = AdditionalPrinterColumn.Type.DATE)
@AdditionalPrinterColumn(name = "Address", jsonPath = ".status.apiAddress", priority = 1)
@AdditionalPrinterColumn(
        name = "Unschedulable",
        jsonPath = ".spec.unschedulable",
        type = AdditionalPrinterColumn.Type.BOOLEAN,
        priority = 1)
@AdditionalPrinterColumn(name = "Message", jsonPath = ".status.conditions[?(@.type==\"Ready\")].message", priority = 1)
@ValidationRule(
        value = "self.metadata.name.size() <= " + NodeLease.LONGEST_NODE_NAME,
        message = "the name must be that of a node, and at most " + NodeLease.LONGEST_NODE_NAME
                + " characters long, since the node's Lease adds 'node.' to it")
public class LMStudioNode extends CustomResource<LMStudioNodeSpec, LMStudioNodeStatus> {

    @Override
    @Default("{}")
    @JsonPropertyDescription("What people say of the node. The agent never writes it.")
    public LMStudioNodeSpec getSpec() {
        return super.getSpec();
    }

    @Override
    @Default("{\"observedGeneration\":-1}")
    @JsonPropertyDescription("What the agent knows of its LM Studio; written when it changes, never by the clock. That"
            + " the agent lives is told by its Lease.")
    public LMStudioNodeStatus getStatus() {
        return super.getStatus();
    }

    @Override
    protected @Nullable LMStudioNodeSpec initSpec() {
        return null;
    }

    @Override
    protected @Nullable LMStudioNodeStatus initStatus() {
        return null;
    }
}
