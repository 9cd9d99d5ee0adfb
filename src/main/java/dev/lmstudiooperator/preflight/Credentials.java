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
 * By what this process knows the API server, and is known by it: the kubeconfig, and the certificates that it names or that a
 * Pod is given. The client reads tokens again by itself; everything else it reads once.
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

    /** The files may be several: one names the cluster, another one who we are. */
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

    /** Whether another process would be given others; a file that is just being written does not count. */
    boolean haveChanged() {
        Optional<String> now = read();
        boolean isSeenTwice = now.equals(last);
        last = now;
        return isSeenTwice && now.isPresent() && atFirst.isPresent() && !now.equals(atFirst);
    }

    /** Empty when something of it cannot be read. */
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
        } catch (IOException e) {
            return Optional.empty();
        } catch (RuntimeException e) {
            // Each part of the parser has another exception for what is no kubeconfig.
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
