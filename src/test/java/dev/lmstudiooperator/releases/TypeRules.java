package dev.lmstudiooperator.releases;

import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionVersion;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceSubresourceStatus;
import io.fabric8.kubernetes.api.model.apiextensions.v1.SelectableField;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.stream.Stream;

/** Rules for changes of a CRD as a whole. */
final class TypeRules {

    static final List<BiFunction<CustomResourceDefinition, CustomResourceDefinition, Stream<String>>> ALL = List.of(
            TypeRules::nameRemoved, TypeRules::scopeChanged, TypeRules::versionRemoved, TypeRules::wayInRemoved);

    private TypeRules() {}

    /** Names that users type and scripts contain. */
    private static Stream<String> nameRemoved(CustomResourceDefinition before, CustomResourceDefinition after) {
        return missing("name", names(before), names(after));
    }

    private static Stream<String> scopeChanged(CustomResourceDefinition before, CustomResourceDefinition after) {
        return Stream.of(before.getSpec().getScope())
                .filter(scope -> !scope.equals(after.getSpec().getScope()))
                .map(scope -> "scope is no longer %s".formatted(scope));
    }

    private static Stream<String> versionRemoved(CustomResourceDefinition before, CustomResourceDefinition after) {
        return missing("version", served(before), served(after));
    }

    /** The status subresource, and the selectable fields by which an agent lists the models scheduled to its node. */
    private static Stream<String> wayInRemoved(CustomResourceDefinition before, CustomResourceDefinition after) {
        return before.getSpec().getVersions().stream().flatMap(version -> version(after, version.getName()).stream()
                .flatMap(
                        other -> missing("way into version " + version.getName(), waysInto(version), waysInto(other))));
    }

    static Optional<CustomResourceDefinitionVersion> version(CustomResourceDefinition type, String name) {
        return type.getSpec().getVersions().stream()
                .filter(version -> version.getName().equals(name))
                .findFirst();
    }

    private static List<String> names(CustomResourceDefinition type) {
        var names = type.getSpec().getNames();
        return Stream.of(
                        Stream.of(names.getKind(), names.getPlural(), names.getSingular()),
                        names.getShortNames().stream(),
                        names.getCategories().stream())
                .flatMap(stream -> stream)
                .filter(Objects::nonNull)
                .toList();
    }

    private static List<String> served(CustomResourceDefinition type) {
        return type.getSpec().getVersions().stream()
                .filter(CustomResourceDefinitionVersion::getServed)
                .map(CustomResourceDefinitionVersion::getName)
                .toList();
    }

    private static List<String> waysInto(CustomResourceDefinitionVersion version) {
        Stream<String> selectable = version.getSelectableFields().stream().map(SelectableField::getJsonPath);
        Optional<CustomResourceSubresourceStatus> status =
                Optional.ofNullable(version.getSubresources()).map(subresources -> subresources.getStatus());
        return Stream.concat(selectable, status.map(any -> "/status").stream()).toList();
    }

    private static Stream<String> missing(String what, Collection<String> before, Collection<String> after) {
        return before.stream().filter(name -> !after.contains(name)).map(name -> "%s %s removed".formatted(what, name));
    }
}
