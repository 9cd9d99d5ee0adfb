package dev.lmstudiooperator.api.v1alpha1;

import static java.util.Objects.requireNonNull;

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
 * Says in the generated CRD what no annotation can: the order of the columns, and that conditions are a map keyed by
 * type, so that controller and agent can each own theirs with server-side apply. Runs at build time only.
 */
public final class SchemaCompletion implements CRDPostProcessor {

    private static final Map<String, List<String>> COLUMNS = Stream.of(ManagedModel.class, LMStudioNode.class)
            .collect(Collectors.toMap(HasMetadata::getKind, SchemaCompletion::columnsOf));

    @Override
    public HasMetadata process(HasMetadata crd, String specVersion) {
        if (crd instanceof CustomResourceDefinition definition) {
            List<String> columns =
                    requireNonNull(COLUMNS.get(definition.getSpec().getNames().getKind()));
            definition.getSpec().getVersions().forEach(version -> complete(version, columns));
        }
        return crd;
    }

    private static List<String> columnsOf(Class<? extends HasMetadata> type) {
        return Arrays.stream(type.getAnnotationsByType(AdditionalPrinterColumn.class))
                .map(AdditionalPrinterColumn::name)
                .toList();
    }

    private static void complete(CustomResourceDefinitionVersion version, List<String> columns) {
        completeColumns(version.getAdditionalPrinterColumns(), columns);
        JSONSchemaProps root = version.getSchema().getOpenAPIV3Schema();
        dropRepeatedRules(root);
        completeConditions(root.getProperties().get("status"));
    }

    private static void completeColumns(List<CustomResourceColumnDefinition> columns, List<String> order) {
        columns.sort(Comparator.comparingInt(c -> order.indexOf(c.getName())));
        // The API server drops a priority of 0, and `kubectl apply` would then see a difference every time.
        columns.stream()
                .filter(column -> Integer.valueOf(0).equals(column.getPriority()))
                .forEach(column -> column.setPriority(null));
    }

    /** An annotation on a record component is found on its field and on its accessor, and would be written twice. */
    private static void dropRepeatedRules(JSONSchemaProps schema) {
        schema.setXKubernetesValidations(
                schema.getXKubernetesValidations().stream().distinct().toList());
        schema.getProperties().values().forEach(SchemaCompletion::dropRepeatedRules);
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
        condition.getProperties().computeIfPresent("lastTransitionTime", (name, time) -> {
            time.setFormat("date-time");
            return time;
        });
    }
}
