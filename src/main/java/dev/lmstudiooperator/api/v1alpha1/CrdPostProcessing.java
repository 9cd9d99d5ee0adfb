package dev.lmstudiooperator.api.v1alpha1;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.crdv2.generator.CRDPostProcessor;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceColumnDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionVersion;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Adds to the generated CRDs what annotations cannot express. It runs at build time only.
 *
 * <p>It sets the order of the columns and the descriptions of a kind and of the fields of a condition. It declares
 * conditions as a map keyed by type, so that controller and agent can each own theirs with server-side apply.
 */
public final class CrdPostProcessing implements CRDPostProcessor {

    private static final Map<String, Class<? extends HasMetadata>> TYPES = Stream.of(
                    ManagedModel.class, ManagedModelSet.class, LMStudioNode.class)
            .collect(Collectors.toMap(HasMetadata::getKind, type -> type));

    /** Descriptions of the fields whose change replaces the ManagedModels of a set. */
    private static final Map<String, String> FIELDS_OF_A_TEMPLATE = Map.of(
            "identifier",
            "Name that clients use for the model, the same on all nodes. Default: the name of the set. Avoid a model key:"
                    + " after an eviction, a request with that key would make LM Studio load the model by itself, with its"
                    + " own settings. No node gets two ManagedModels with one identifier. A change replaces the"
                    + " ManagedModels.",
            "nodeSelector",
            "Labels that a node must have, at most 32. Default: none, any node fits. A change replaces the ManagedModels;"
                    + " with everyNode, it only adds and removes nodes.");

    private static final Map<String, String> FIELDS_OF_A_CONDITION = Map.of(
            "type", "Type of the condition.",
            "status", "Status of the condition: True, False or Unknown.",
            "reason", "Reason of the status in one word. Automation can rely on it.",
            "message", "Human-readable details. They may change between releases.",
            "lastTransitionTime", "Time of the last change of status (RFC 3339).",
            "observedGeneration", "Generation of the spec that the condition refers to.");

    @Override
    public HasMetadata process(HasMetadata crd, String specVersion) {
        if (crd instanceof CustomResourceDefinition definition) {
            Class<? extends HasMetadata> type =
                    requireNonNull(TYPES.get(definition.getSpec().getNames().getKind()));
            definition.getSpec().getVersions().forEach(version -> complete(version, type));
        }
        return crd;
    }

    private static List<String> columnsOf(Class<? extends HasMetadata> type) {
        return Arrays.stream(type.getAnnotationsByType(AdditionalPrinterColumn.class))
                .map(AdditionalPrinterColumn::name)
                .toList();
    }

    private static void complete(CustomResourceDefinitionVersion version, Class<? extends HasMetadata> type) {
        completeColumns(version.getAdditionalPrinterColumns(), columnsOf(type));
        JSONSchemaProps root = version.getSchema().getOpenAPIV3Schema();
        root.setDescription(type.getAnnotation(JsonClassDescription.class).value());
        dropRepeatedRules(root);
        completeTemplate(requireNonNull(root.getProperties().get("spec")));
        completeConditions(root.getProperties().get("status"));
    }

    private static void completeColumns(List<CustomResourceColumnDefinition> columns, List<String> order) {
        columns.sort(Comparator.comparingInt(c -> order.indexOf(c.getName())));
        // The API server drops a priority of 0. `kubectl apply` would then report a change every time.
        columns.stream()
                .filter(column -> Integer.valueOf(0).equals(column.getPriority()))
                .forEach(column -> column.setPriority(null));
    }

    /**
     * The generator finds an annotation of a record component on the field and on the accessor, and writes the rule twice.
     */
    private static void dropRepeatedRules(JSONSchemaProps schema) {
        schema.setXKubernetesValidations(
                schema.getXKubernetesValidations().stream().distinct().toList());
        schema.getProperties().values().forEach(CrdPostProcessing::dropRepeatedRules);
    }

    /**
     * The template of a set is the spec of a ManagedModel without {@code nodeName}, and without the rules that make its
     * fields immutable.
     */
    private static void completeTemplate(JSONSchemaProps spec) {
        JSONSchemaProps template = spec.getProperties().get("template");
        if (template == null) {
            return;
        }
        JSONSchemaProps model = requireNonNull(template.getProperties().get("spec"));
        model.getProperties().remove("nodeName");
        model.setXKubernetesValidations(model.getXKubernetesValidations().stream()
                .filter(rule ->
                        !rule.getRule().contains("oldSelf") && !rule.getRule().contains("self.nodeName"))
                .toList());
        FIELDS_OF_A_TEMPLATE.forEach(
                (name, text) -> requireNonNull(model.getProperties().get(name)).setDescription(text));
    }

    private static void completeConditions(@Nullable JSONSchemaProps status) {
        if (status == null || !status.getProperties().containsKey("conditions")) {
            return;
        }
        JSONSchemaProps conditions = status.getProperties().get("conditions");
        conditions.setXKubernetesListType("map");
        conditions.setXKubernetesListMapKeys(List.of("type"));
        JSONSchemaProps condition = conditions.getItems().getSchema();
        condition.setRequired(List.of("lastTransitionTime", "message", "reason", "status", "type"));
        condition.getProperties().forEach((name, field) -> field.setDescription(FIELDS_OF_A_CONDITION.get(name)));
        condition.getProperties().computeIfPresent("lastTransitionTime", (name, time) -> {
            time.setFormat("date-time");
            return time;
        });
    }
}
