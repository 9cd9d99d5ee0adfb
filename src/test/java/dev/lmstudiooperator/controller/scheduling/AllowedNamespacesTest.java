package dev.lmstudiooperator.controller.scheduling;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.LabelSelectorBuilder;
import io.fabric8.kubernetes.api.model.LabelSelectorRequirement;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests which namespaces a node allows. */
class AllowedNamespacesTest {

    private static final Map<String, String> TEAM_A = Map.of("team", "a");

    @Test
    void nodeWithoutASelectorIsForEverybody() {
        assertThat(new AllowedNamespaces(null).allow(TEAM_A)).isTrue();
        assertThat(new AllowedNamespaces(null).isReadable()).isTrue();
    }

    @Test
    void emptySelectorIsForEverybody() {
        assertThat(new AllowedNamespaces(new LabelSelector()).allow(Map.of())).isTrue();
        assertThat(new AllowedNamespaces(new LabelSelector(null, null)).allow(Map.of()))
                .isTrue();
    }

    @Test
    void everyLabelMustMatch() {
        var both = new LabelSelectorBuilder()
                .addToMatchLabels("team", "a")
                .addToMatchLabels("stage", "production")
                .build();

        assertThat(allows(both, TEAM_A)).isFalse();
        assertThat(allows(both, Map.of("team", "a", "stage", "test"))).isFalse();
        assertThat(allows(both, Map.of("team", "a", "stage", "production", "more", "x")))
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "In, a b, a, true",
        "In, a b, c, false",
        "In, a b, , false",
        "NotIn, a b, a, false",
        "NotIn, a b, c, true",
        "NotIn, a b, , true",
        "Exists, , a, true",
        "Exists, , , false",
        "DoesNotExist, , a, false",
        "DoesNotExist, , , true"
    })
    void expressionsMeanWhatTheyMeanInKubernetes(String operator, String values, String team, boolean isAllowed) {
        assertThat(allows(requirement("team", operator, values), team == null ? Map.of() : Map.of("team", team)))
                .isEqualTo(isAllowed);
    }

    @Test
    void everyExpressionMustMatch() {
        var both = new LabelSelector(
                List.of(
                        new LabelSelectorRequirement("team", "Exists", List.of()),
                        new LabelSelectorRequirement("stage", "NotIn", List.of("test"))),
                Map.of());

        assertThat(allows(both, TEAM_A)).isTrue();
        assertThat(allows(both, Map.of("stage", "production"))).isFalse();
        assertThat(allows(both, Map.of("team", "a", "stage", "test"))).isFalse();
    }

    @Test
    void labelsAndExpressionsMustBothMatch() {
        var both = new LabelSelector(
                List.of(new LabelSelectorRequirement("stage", "Exists", List.of())), Map.of("team", "a"));

        assertThat(allows(both, TEAM_A)).isFalse();
        assertThat(allows(both, Map.of("stage", "test"))).isFalse();
        assertThat(allows(both, Map.of("team", "a", "stage", "test"))).isTrue();
    }

    @Test
    void emptyValueIsAValue() {
        assertThat(allows(Nodes.expression("team", "Exists"), Map.of("team", "")))
                .isTrue();
        assertThat(allows(Nodes.expression("team", "In", ""), Map.of("team", "")))
                .isTrue();
        assertThat(allows(Nodes.expression("team", "In", ""), Map.of())).isFalse();
    }

    /** Kubernetes rejects these wherever it validates a selector. */
    @ParameterizedTest
    @CsvSource({
        "team, Near, a",
        "team, in, a",
        "team, , a",
        "team, In, ",
        "team, NotIn, ",
        "team, Exists, a",
        "team, DoesNotExist, a",
        ", Exists, "
    })
    void expressionThatMakesNoSenseAllowsNothing(String key, String operator, String values) {
        LabelSelector selector = requirement(key, operator, values);

        assertThat(new AllowedNamespaces(selector).isReadable()).isFalse();
        assertThat(allows(selector, TEAM_A)).isFalse();
        assertThat(allows(selector, Map.of())).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Exists", "DoesNotExist"})
    void valuesMayBeLeftOut(String operator) {
        var selector = new LabelSelector(List.of(new LabelSelectorRequirement("team", operator, null)), null);

        assertThat(new AllowedNamespaces(selector).isReadable()).isTrue();
    }

    private static LabelSelector requirement(String key, String operator, String values) {
        return Nodes.expression(key, operator, values == null ? new String[0] : values.split(" ", -1));
    }

    private static boolean allows(LabelSelector selector, Map<String, String> namespace) {
        return new AllowedNamespaces(selector).allow(namespace);
    }
}
