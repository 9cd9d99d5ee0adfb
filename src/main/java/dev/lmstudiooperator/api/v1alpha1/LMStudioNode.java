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

/** An LM Studio and its agent. The agent creates it and writes its status; users write its spec. */
@JsonClassDescription("An LM Studio and its agent. The name is the name of the node. The agent creates it and writes"
        + " its status; users write its spec.")
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
        message = "the name must be the name of a node with at most " + NodeLease.LONGEST_NODE_NAME
                + " characters, because the name of its Lease is 'node.' and this name")
public class LMStudioNode extends CustomResource<LMStudioNodeSpec, LMStudioNodeStatus> {

    @Override
    @Default("{}")
    @JsonPropertyDescription("Desired configuration of the node. The agent never writes it.")
    public LMStudioNodeSpec getSpec() {
        return super.getSpec();
    }

    @Override
    @Default("{\"observedGeneration\":-1}")
    @JsonPropertyDescription(
            "Observed state of LM Studio. Updated only when it changes. The heartbeat of the agent is its" + " Lease.")
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
