package dev.lmstudiooperator.controlplane;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The objects that kustomize or Helm renders from the project files, by kind and name. */
public record RenderedManifests(Map<String, GenericKubernetesResource> objects) {

    private static final Pattern BETWEEN_DOCUMENTS = Pattern.compile("(?m)^---$");
    private static final Pattern COMMENTS = Pattern.compile("(?m)^#.*$");

    public static RenderedManifests of(String yaml) {
        return new RenderedManifests(BETWEEN_DOCUMENTS
                .splitAsStream(COMMENTS.matcher(yaml).replaceAll(""))
                .filter(document -> !document.isBlank())
                .map(document -> Serialization.unmarshal(document, GenericKubernetesResource.class))
                .collect(Collectors.toMap(
                        object -> object.getKind() + " " + object.getMetadata().getName(),
                        object -> object,
                        (one, other) -> {
                            throw new AssertionError("Duplicate object:\n" + one + "\n" + other);
                        },
                        TreeMap::new)));
    }

    /** Returns the object of this type and name. It must exist. */
    public <T extends HasMetadata> T get(Class<T> type, String name) {
        GenericKubernetesResource object = objects.get(HasMetadata.getKind(type) + " " + name);
        if (object == null) {
            throw new AssertionError("No " + type.getSimpleName() + " " + name + " in " + objects.keySet());
        }
        return Serialization.unmarshal(Serialization.asYaml(object), type);
    }
}
