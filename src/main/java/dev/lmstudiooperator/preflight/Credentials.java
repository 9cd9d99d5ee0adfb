package dev.lmstudiooperator.preflight;

import io.fabric8.kubernetes.api.model.NamedAuthInfo;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.internal.KubeConfigUtils;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Detects changes of the credentials for the API server: the kubeconfig, and the certificates that it names or that a Pod
 * gets. The client reads tokens again by itself; it reads everything else only once.
 */
final class Credentials {

    private final KubernetesSerialization serialization;
    private final List<Path> kubeconfigs;
    private final List<Path> certificates;
    private final Optional<String> atFirst;
    private Optional<String> last;

    Credentials(KubernetesClient client) {
        this(
                client.getKubernetesSerialization(),
                kubeconfigs(client.getConfiguration()),
                certificates(client.getConfiguration()));
    }

    Credentials(KubernetesSerialization serialization, List<Path> kubeconfigs, List<Path> certificates) {
        this.serialization = serialization;
        this.kubeconfigs = kubeconfigs;
        this.certificates = certificates;
        this.atFirst = read();
        this.last = atFirst;
    }

    /** There can be several files: one for the cluster and another one for the user. */
    private static List<Path> kubeconfigs(Config config) {
        return Stream.of(config.getFile(), config.getFileWithCluster(), config.getFileWithAuthInfo())
                .filter(Objects::nonNull)
                .map(File::toPath)
                .distinct()
                .toList();
    }

    private static List<Path> certificates(Config config) {
        return Stream.of(config.getCaCertFile(), config.getClientCertFile(), config.getClientKeyFile())
                .filter(Objects::nonNull)
                .map(Path::of)
                .toList();
    }

    /**
     * Whether a new process would use other credentials. A change counts only after two equal reads, because a file may be
     * incomplete while it is written.
     */
    boolean haveChanged() {
        Optional<String> now = read();
        boolean isReadTwice = now.equals(last);
        last = now;
        return isReadTwice && now.isPresent() && atFirst.isPresent() && !now.equals(atFirst);
    }

    /** Empty if one of the files cannot be read. */
    private Optional<String> read() {
        StringBuilder all = new StringBuilder();
        try {
            for (Path kubeconfig : kubeconfigs) {
                all.append(withoutTokens(kubeconfig));
            }
            for (Path certificate : certificates) {
                all.append(Files.readString(certificate));
            }
            return Optional.of(all.toString());
        } catch (IOException | RuntimeException e) {
            // The parser throws different exceptions for files that are not a kubeconfig.
            return Optional.empty();
        }
    }

    private String withoutTokens(Path kubeconfig) {
        io.fabric8.kubernetes.api.model.Config read = KubeConfigUtils.parseConfig(kubeconfig.toFile());
        if (isEmpty(read.getClusters()) || isEmpty(read.getUsers())) {
            throw new IllegalArgumentException("It has no cluster or no user");
        }
        read.getUsers().stream().map(NamedAuthInfo::getUser).forEach(user -> user.setToken(null));
        return serialization.asYaml(read);
    }

    private static boolean isEmpty(@Nullable List<?> list) {
        return list == null || list.isEmpty();
    }
}
