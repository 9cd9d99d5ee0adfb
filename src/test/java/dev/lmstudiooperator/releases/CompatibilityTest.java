package dev.lmstudiooperator.releases;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.utils.Serialization;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests each change alone in a small CRD. */
class CompatibilityTest {

    private static final String TYPE = """
            apiVersion: apiextensions.k8s.io/v1
            kind: CustomResourceDefinition
            metadata: {name: shelves.example.com}
            spec:
              group: example.com
              scope: Namespaced
              names: {kind: Shelf, plural: shelves, singular: shelf, shortNames: [sh], categories: [home]}
              versions:
              - name: v1
                served: true
                storage: true
                subresources: {status: {}}
                selectableFields: [{jsonPath: .spec.wood}]
                schema:
                  openAPIV3Schema:
                    type: object
                    properties:
                      spec:
                        type: object
                        required: [wood]
                        properties:
                          wood: {type: string, minLength: 2, maxLength: 9, pattern: '^[a-z]+$'}
                          color: {type: string, enum: [Red, Blue], default: Red}
                          boards: {type: integer, minimum: 1, maximum: 8}
                          note: {type: string}
                          load: {type: string, format: byte}
                          labels: {type: object, minProperties: 1, maxProperties: 5, additionalProperties: {type: string, maxLength: 63}}
                          books:
                            type: array
                            minItems: 1
                            maxItems: 30
                            x-kubernetes-list-type: map
                            x-kubernetes-list-map-keys: [title]
                            items: {type: object, required: [title], properties: {title: {type: string}, pages: {type: integer}}}
                        x-kubernetes-validations:
                        - {rule: size(self.books) > 1, message: too few}
            """;

    @ParameterizedTest(name = "{2}")
    @CsvSource(
            delimiter = ';',
            value = {
                "note: {type: string}; ; v1.spec: field note removed",
                "pages: {type: integer}; ; v1.spec.books[]: field pages removed",
                "note: {type: string}; note: {type: integer}; v1.spec.note: type changed from string to integer",
                "format: byte; format: date; v1.spec.load: type changed from byte to date",
                "list-type: map; list-type: atomic; v1.spec.books: list type changed from map to atomic",
                "map-keys: [title]; map-keys: [pages]; v1.spec.books: list type changed from [title] to [pages]",
                "enum: [Red, Blue]; enum: [Red]; v1.spec.color: enum no longer has Blue",
                "note: {type: string}; note: {type: string, enum: [Old]}; v1.spec.note: enum added",
                "required: [wood]; required: [wood, note]; v1.spec: field note is required now",
                "default: Red; default: Blue; v1.spec.color: default changed from \"Red\" to \"Blue\"",
                ", default: Red; ; v1.spec.color: default changed from \"Red\" to null",
                "note: {type: string}; note: {type: string, default: x}; v1.spec.note: default changed from null to \"x\"",
                "^[a-z]+$; ^[a-y]+$; v1.spec.wood: pattern changed from ^[a-z]+$ to ^[a-y]+$",
                "note: {type: string}; note: {type: string, pattern: x}; v1.spec.note: pattern changed from null to x",
                "minimum: 1; minimum: 2; v1.spec.boards: minimum tightened from 1.0 to 2.0",
                "note: {type: string}; note: {type: string, minLength: 1}; v1.spec.note: minLength tightened from none to 1",
                "minLength: 2; minLength: 3; v1.spec.wood: minLength tightened from 2 to 3",
                "minItems: 1; minItems: 2; v1.spec.books: minItems tightened from 1 to 2",
                "minProperties: 1; minProperties: 2; v1.spec.labels: minProperties tightened from 1 to 2",
                "maximum: 8; maximum: 7; v1.spec.boards: maximum tightened from 8.0 to 7.0",
                "maxLength: 9; maxLength: 8; v1.spec.wood: maxLength tightened from 9 to 8",
                "maxLength: 63; maxLength: 62; v1.spec.labels[]: maxLength tightened from 63 to 62",
                "maxItems: 30; maxItems: 29; v1.spec.books: maxItems tightened from 30 to 29",
                "maxProperties: 5; maxProperties: 4; v1.spec.labels: maxProperties tightened from 5 to 4",
                "> 1; > 2; v1.spec: CEL rule added: size(self.books) > 2",
                "[sh]; []; name sh removed",
                "[home]; []; name home removed",
                "singular: shelf; singular: board; name shelf removed",
                "Namespaced; Cluster; scope is no longer Namespaced",
                "served: true; served: false; version v1 removed",
                "name: v1; name: v2; version v1 removed",
                "{status: {}}; {}; way into version v1 /status removed",
                "[{jsonPath: .spec.wood}]; []; way into version v1 .spec.wood removed",
            })
    void incompatibleChangeIsReportedByItsPath(String old, @Nullable String planted, String breach) {
        assertThat(Compatibility.breaches(type(TYPE), type(changed(old, planted == null ? "" : planted))))
                .containsExactly(breach);
    }

    @ParameterizedTest(name = "{1}")
    @CsvSource(
            delimiter = ';',
            value = {
                "note: {type: string}; note: {type: string, description: said better}",
                "{title: {type: string}; {more: {type: object, required: [a], properties: {a: {type: string}}}, title: {type: string}",
                "required: [wood]; required: [wood, color]",
                "required: [wood]; required: []",
                "enum: [Red, Blue]; enum: [Red, Blue, Green]",
                "'enum: [Red, Blue], '; ",
                "minimum: 1, maximum: 8; minimum: 0, maximum: 9",
                "', minimum: 1, maximum: 8'; ",
                "size(self.books) > 1; (size(self.books) > 1) || self.wood == self.color",
                "too few; too few books",
                "[sh]; [sh, shf]",
                "- name: v1; '- {name: v2, served: true, schema: {openAPIV3Schema: {type: object}}}\n  - name: v1'",
            })
    void compatibleChangeIsNotReported(String old, @Nullable String harmless) {
        assertThat(Compatibility.breaches(type(TYPE), type(changed(old, harmless == null ? "" : harmless))))
                .isEmpty();
    }

    private static String changed(String old, String planted) {
        assertThat(TYPE).contains(old);
        return TYPE.replace(old, planted);
    }

    private static CustomResourceDefinition type(String yaml) {
        return Serialization.unmarshal(yaml, CustomResourceDefinition.class);
    }
}
