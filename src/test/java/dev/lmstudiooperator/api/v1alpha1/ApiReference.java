package dev.lmstudiooperator.api.v1alpha1;

import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceColumnDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionNames;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.api.model.apiextensions.v1.ValidationRule;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Generates the API reference: every field, with the text of {@code kubectl explain}. */
final class ApiReference {

    private static final String HEAD = """
            # API reference

            Generated from `crds/`, which is generated from `api/v1alpha1`; a test compares. `kubectl explain mm.spec` and `kubectl explain lmn.spec` say the
            same, one field at a time. What the parts are for: [model lifecycle](concepts/model-lifecycle.md). What the conditions say: [conditions](conditions.md).

            Fields that are not marked as required may be left out. What is wrong is refused by the API server, with the sentences below *Refused*.

            """;

    private ApiReference() {}

    static String page() {
        return HEAD + CrdFile.all().stream().map(ApiReference::chapter).collect(Collectors.joining("\n"));
    }

    private static String chapter(CrdFile file) {
        CustomResourceDefinitionNames names = file.definition().getSpec().getNames();
        return """
                ## %s

                %s

                - apiVersion: `%s/%s`, %s
                - `kubectl get %s`, or with everything else of the operator `kubectl get %s`
                - columns: %s; with `-o wide` also %s
                %s
                %s""".formatted(
                file.kind(),
                file.root().getDescription(),
                file.definition().getSpec().getGroup(),
                file.version().getName(),
                file.definition().getSpec().getScope().toLowerCase(Locale.ROOT),
                names.getShortNames().getFirst(),
                names.getCategories().getFirst(),
                columns(file, column -> column.getPriority() == null),
                columns(file, column -> column.getPriority() != null),
                refusals("", file.root()),
                file.objects().stream().map(object -> section(file, object)).collect(Collectors.joining("\n")));
    }

    private static String columns(CrdFile file, Predicate<CustomResourceColumnDefinition> isMeant) {
        return file.version().getAdditionalPrinterColumns().stream()
                .filter(isMeant)
                .map(column -> column.getName().toUpperCase(Locale.ROOT))
                .collect(Collectors.joining(", "));
    }

    private static String section(CrdFile file, CrdFile.SchemaObject object) {
        return """
                ### %s %s

                %s| field | type | meaning |
                |---|---|---|
                %s
                %s""".formatted(
                file.kind(),
                object.path(),
                object.schema().getDescription() == null ? "" : object.schema().getDescription() + "\n\n",
                object.fields().entrySet().stream()
                        .map(field -> row(object, field))
                        .collect(Collectors.joining("\n")),
                refusals(object.path() + ".", object.schema()));
    }

    private static String row(CrdFile.SchemaObject object, Map.Entry<String, JSONSchemaProps> field) {
        return "| `%s`%s | %s | %s |"
                .formatted(
                        field.getKey(),
                        object.requires(field.getKey()) ? ", required" : "",
                        type(field.getValue()),
                        inACell(field.getValue().getDescription()));
    }

    private static String type(JSONSchemaProps schema) {
        if (Boolean.TRUE.equals(schema.getXKubernetesIntOrString())) {
            return "number or string";
        }
        if (!schema.getEnum().isEmpty()) {
            return schema.getEnum().stream()
                    .map(value -> "`" + value.asText() + "`")
                    .collect(Collectors.joining(", "));
        }
        return switch (schema.getType()) {
            case "string" -> "text" + range(schema.getMinLength(), schema.getMaxLength(), " characters");
            case "integer" -> "number" + range(schema.getMinimum(), schema.getMaximum(), "");
            case "boolean" -> "`true`, `false`";
            case "array" -> "list of " + type(CrdFile.structure(schema));
            default -> schema.getProperties().isEmpty() ? "keys with values" : "object";
        };
    }

    private static String range(@Nullable Number least, @Nullable Number most, String unit) {
        if (most == null) {
            return least == null ? "" : ", %d or more%s".formatted(least.longValue(), unit);
        }
        return least == null
                ? ", at most %d%s".formatted(most.longValue(), unit)
                : ", %d to %d%s".formatted(least.longValue(), most.longValue(), unit);
    }

    /** Messages of the object itself, and of its fields without their own section. */
    private static String refusals(String path, JSONSchemaProps schema) {
        Stream<String> ofFields = path.isEmpty()
                ? Stream.empty()
                : schema.getProperties().entrySet().stream()
                        .filter(field -> CrdFile.structure(field.getValue())
                                .getProperties()
                                .isEmpty())
                        .flatMap(field -> messages(field.getValue()));
        String reported = Stream.concat(messages(schema), ofFields)
                .map(message -> "- " + message + "\n")
                .collect(Collectors.joining());
        return reported.isEmpty() ? "" : "\n*Refused:*\n\n" + reported;
    }

    private static Stream<String> messages(JSONSchemaProps schema) {
        return schema.getXKubernetesValidations().stream().map(ValidationRule::getMessage);
    }

    private static String inACell(String text) {
        return text.replace("|", "\\|");
    }
}
