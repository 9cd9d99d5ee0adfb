package dev.lmstudiooperator.api.v1alpha1;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Tests the field descriptions in docs/api.md and {@code kubectl explain}. */
class ApiReferenceTest {

    private static final Path PAGE = Path.of("docs", "api.md");
    private static final Path GENERATED = Path.of("target", "api.md");

    @Test
    void pageDescribesEveryFieldAsDeclared() throws IOException {
        Files.writeString(GENERATED, ApiReference.page());

        assertThat(PAGE)
                .as("%s is generated: cp %s %s".formatted(PAGE, GENERATED, PAGE))
                .content()
                .isEqualTo(ApiReference.page());
    }

    @Test
    void everyFieldHasADescription() {
        assertThat(fields(field -> true))
                .allSatisfy((path, field) ->
                        assertThat(field.getDescription()).as(path).isNotBlank().endsWith("."));
    }

    /** {@code kubectl explain} shows neither defaults nor bounds. */
    @Test
    void defaultsAreDescribedInProse() {
        assertThat(fields(field ->
                        field.getDefault() != null && field.getDefault().isValueNode()))
                .hasSizeGreaterThan(10)
                .allSatisfy((path, field) -> assertThat(field.getDescription())
                        .as(path)
                        .contains("Default: " + field.getDefault().asText()));
    }

    @Test
    void boundsAreDescribedInProse() {
        assertThat(fields(field -> field.getMinimum() != null && field.getMaximum() != null))
                .hasSizeGreaterThan(5)
                .allSatisfy((path, field) -> assertThat(field.getDescription())
                        .as(path)
                        .contains("from %d to %d"
                                .formatted(
                                        field.getMinimum().longValue(),
                                        field.getMaximum().longValue())));
    }

    private static Map<String, JSONSchemaProps> fields(Predicate<JSONSchemaProps> isMeant) {
        return CrdFile.all().stream()
                .flatMap(file -> file.objects().stream().flatMap(object -> fields(file, object)))
                .filter(field -> isMeant.test(field.getValue()))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    private static Stream<Map.Entry<String, JSONSchemaProps>> fields(CrdFile file, CrdFile.SchemaObject object) {
        return object.fields().entrySet().stream()
                .map(field -> Map.entry(file.kind() + " " + object.path() + "." + field.getKey(), field.getValue()));
    }
}
