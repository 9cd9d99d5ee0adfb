package dev.lmstudiooperator.gitops;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** The objects in {@code deploy/gitops} that define what Flux and Argo CD apply. */
final class Fleet {

    static final Path FOLDER = Path.of("deploy/gitops");

    private static final KubernetesSerialization JSON = new KubernetesSerialization();

    private Fleet() {}

    static GenericKubernetesResource fluxOperator() throws IOException {
        return lastObject("flux/clusters/gpu/lmstudio-operator.yaml");
    }

    static GenericKubernetesResource fluxModels() throws IOException {
        return lastObject("flux/clusters/gpu/models.yaml");
    }

    static GenericKubernetesResource argoCdRoot() throws IOException {
        return lastObject("argocd/root.yaml");
    }

    static GenericKubernetesResource argoCdOperator() throws IOException {
        return lastObject("argocd/clusters/gpu/lmstudio-operator.yaml");
    }

    static GenericKubernetesResource argoCdModels() throws IOException {
        return lastObject("argocd/clusters/gpu/models.yaml");
    }

    /** Returns the image overrides of Flux as kustomize reads them. */
    static String imagesOfFlux() throws IOException {
        return JSON.asJson(fluxOperator().<List<Object>>get("spec", "images"));
    }

    /** Returns the image overrides of Argo CD as kustomize reads them. */
    static String imagesOfArgoCd() throws IOException {
        List<String> images = argoCdOperator().get("spec", "source", "kustomize", "images");
        return JSON.asJson(images.stream()
                .map(image -> image.split("[=:]"))
                .map(parts -> Map.of("name", parts[0], "newName", parts[1], "newTag", parts[2]))
                .toList());
    }

    private static GenericKubernetesResource lastObject(String file) throws IOException {
        String last = Arrays.asList(Files.readString(FOLDER.resolve(file)).split("(?m)^---$"))
                .getLast();
        return JSON.unmarshal(last, GenericKubernetesResource.class);
    }
}
