package dev.lmstudiooperator.controlplane;

import io.fabric8.kubernetes.api.model.Config;
import io.fabric8.kubernetes.api.model.ConfigBuilder;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.authentication.BoundObjectReference;
import io.fabric8.kubernetes.api.model.authentication.BoundObjectReferenceBuilder;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** Creates kubeconfigs for service accounts from the kubeconfig of the administrator. */
final class Kubeconfigs {

    private static final Duration LIFETIME = Duration.ofDays(1);

    private final String adminContent;
    private final KubernetesClient admin;
    private final Path folder;
    private final Path adminFile;

    Kubeconfigs(String adminContent, KubernetesClient admin, Path folder) {
        this.adminContent = adminContent;
        this.admin = admin;
        this.folder = folder;
        this.adminFile = write("admin-", adminContent);
    }

    Path adminFile() {
        return adminFile;
    }

    Path fileFor(Account account) {
        return write(account.name() + "-", contentFor(account));
    }

    /** Uses another port on the host of the API server. */
    Path fileFor(Account account, int port) {
        return write(account.name() + "-", contentFor(account).replaceAll("(server: .*:)\\d+", "$1" + port));
    }

    /** Uses another address. */
    Path fileFor(Account account, URI address) {
        return write(account.name() + "-", contentFor(account).replaceAll("(server: ).*", "$1" + address));
    }

    String contentFor(Account account) {
        Config config = Serialization.unmarshal(adminContent, Config.class);
        return Serialization.asYaml(new ConfigBuilder(config)
                .editFirstUser()
                .withNewUser()
                .withToken(tokenFor(account))
                .endUser()
                .endUser()
                .build());
    }

    private String tokenFor(Account account) {
        var request = new TokenRequestBuilder()
                .withNewSpec()
                .withExpirationSeconds(LIFETIME.toSeconds())
                .withBoundObjectRef(account.boundTo().map(this::referenceToNode).orElse(null))
                .endSpec()
                .build();
        return admin.serviceAccounts()
                .inNamespace(account.namespace())
                .withName(account.name())
                .tokenRequest(request)
                .getStatus()
                .getToken();
    }

    private BoundObjectReference referenceToNode(String name) {
        Node node = admin.resource(new NodeBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .endMetadata()
                        .build())
                .serverSideApply();
        return new BoundObjectReferenceBuilder()
                .withApiVersion("v1")
                .withKind("Node")
                .withName(name)
                .withUid(node.getMetadata().getUid())
                .build();
    }

    private Path write(String prefix, String content) {
        try {
            return Files.writeString(Files.createTempFile(folder, prefix, ".kubeconfig"), content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
