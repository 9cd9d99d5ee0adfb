package dev.lmstudiooperator.api.v1alpha1;

import static java.util.Objects.requireNonNullElse;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Required;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Categories;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A model that an agent keeps loaded in LM Studio and verifies. The plural is explicit because deriving it for each object
 * is slow.
 */
@JsonClassDescription("A model that an agent keeps loaded in LM Studio and verifies.")
@Group(ManagedModel.GROUP)
@Version("v1alpha1")
@Plural("managedmodels")
@ShortNames("mm")
@Categories("lmstudio")
@AdditionalPrinterColumn(name = "Model", jsonPath = ".spec.model")
@AdditionalPrinterColumn(name = "Node", jsonPath = ".status.nodeName")
@AdditionalPrinterColumn(name = "Ready", jsonPath = ".status.conditions[?(@.type==\"Ready\")].status")
@AdditionalPrinterColumn(name = "Reason", jsonPath = ".status.conditions[?(@.type==\"Ready\")].reason")
@AdditionalPrinterColumn(name = "Verified", jsonPath = ".status.verification.result")
@AdditionalPrinterColumn(
        name = "Age",
        jsonPath = ".metadata.creationTimestamp",
        type = AdditionalPrinterColumn.Type.DATE)
@AdditionalPrinterColumn(
        name = "TTL",
        jsonPath = ".status.instance.ttlSeconds",
        type = AdditionalPrinterColumn.Type.INTEGER,
        priority = 1)
@AdditionalPrinterColumn(name = "Expires", jsonPath = ".status.instance.expiresTime", priority = 1)
@AdditionalPrinterColumn(name = "Message", jsonPath = ".status.conditions[?(@.type==\"Ready\")].message", priority = 1)
public class ManagedModel extends CustomResource<ManagedModelSpec, ManagedModelStatus> implements Namespaced {

    public static final String GROUP = "lmstudio-operator.dev";

    /** A new value of this annotation loads a {@code Temporary} model again. */
    public static final String RELOAD_ANNOTATION = GROUP + "/reload";

    /**
     * Annotation that removes a deleted ManagedModel without verifying the unload, if its value is {@code true}. It is
     * useful while the agent or LM Studio is down. The instance may stay loaded until its TTL expires.
     */
    public static final String FORCE_RELEASE_ANNOTATION = GROUP + "/force-release";

    /** Finalizer that the agent removes after it has verified that the instance is unloaded, or has decided to keep it. */
    public static final String FINALIZER = GROUP + "/agent";

    /**
     * Prefix of the annotations that report unreadable fields, in copies of this process only. The name ends with the path
     * of the field, and the value is the problem.
     */
    public static final String UNREADABLE_ANNOTATION_PREFIX = GROUP + "/unreadable.";

    @Override
    @Required
    @JsonPropertyDescription("Desired state of the model.")
    public ManagedModelSpec getSpec() {
        return super.getSpec();
    }

    @Override
    @Default("{\"observedGeneration\":-1}")
    @JsonPropertyDescription(
            "Observed state. Updated only when it changes. The controller writes nodeName and the condition"
                    + " Scheduled; the agent of the node writes the rest.")
    public ManagedModelStatus getStatus() {
        return super.getStatus();
    }

    /**
     * Adds the UID. Each apply of a status or of the finalizer starts with this method. Without a UID, the API server would
     * treat an apply to a deleted object as the creation of a new one.
     */
    @Override
    public void initNameAndNamespaceFrom(HasMetadata original) {
        super.initNameAndNamespaceFrom(original);
        getMetadata().setUid(original.getMetadata().getUid());
    }

    /** The value of an annotation; empty if there is none. */
    public String annotation(String name) {
        return requireNonNullElse(getMetadata().getAnnotations(), Map.<String, String>of())
                .getOrDefault(name, "");
    }

    @Override
    protected @Nullable ManagedModelSpec initSpec() {
        return null;
    }

    @Override
    protected @Nullable ManagedModelStatus initStatus() {
        return null;
    }
}
