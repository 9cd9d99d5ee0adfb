package dev.lmstudiooperator.image;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.SecurityContext;
import io.fabric8.kubernetes.api.model.Volume;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Translates a Pod and its image into an OCI runtime configuration, like a kubelet. The network and the host name are
 * those of the host, even for Pods with their own network, because the test API server listens on loopback. There is no
 * seccomp profile, because the runtime of a kubelet provides its own.
 */
final class PodContainer {

    private final ObjectNode configuration;
    private final PodSpec pod;
    private final Container container;

    PodContainer(UnpackedImage image, PodSpec pod) {
        this.configuration = image.runtimeConfiguration();
        this.pod = pod;
        this.container = pod.getContainers().getFirst();
        configuration.withObject("/root").put("path", image.files().toString());
        configuration.withObject("/process").put("terminal", false);
        configuration.remove("hostname");
        ((ArrayNode) configuration.at("/linux/namespaces")).removeIf(namespace -> List.of("network", "uts")
                .contains(namespace.path("type").asText()));
        withFile("/etc/hosts", Path.of("/etc/hosts"));
        withFile("/etc/resolv.conf", Path.of("/etc/resolv.conf"));
        restrict(container.getSecurityContext());
        limitMemory();
    }

    private void restrict(SecurityContext security) {
        configuration.withObject("/root").put("readonly", security.getReadOnlyRootFilesystem());
        ObjectNode process = configuration.withObject("/process");
        process.put("noNewPrivileges", !security.getAllowPrivilegeEscalation());
        process.withObject("/user")
                .put("uid", pod.getSecurityContext().getRunAsUser())
                .put("gid", pod.getSecurityContext().getRunAsGroup());
        if (security.getCapabilities().getDrop().contains("ALL")) {
            process.withObject("/capabilities").removeAll();
        }
    }

    private void limitMemory() {
        Quantity limit = requireNonNull(container.getResources().getLimits().get("memory"), "a limit of memory");
        configuration.withObject("/linux/resources/memory").put("limit", bytes(limit));
    }

    /** Sets the variables that the Pod takes from its own fields, and the variables that only a test needs. */
    PodContainer withEnvironment(Map<String, String> fields, Map<String, String> more) {
        ArrayNode environment = (ArrayNode) configuration.at("/process/env");
        container.getEnv().stream()
                .filter(variable -> !more.containsKey(variable.getName()))
                .forEach(variable -> environment.add(variable.getName() + "="
                        + (variable.getValue() != null
                                ? variable.getValue()
                                : fields.get(
                                        variable.getValueFrom().getFieldRef().getFieldPath()))));
        more.forEach((name, value) -> environment.add(name + "=" + value));
        return this;
    }

    PodContainer withVolumes() {
        container.getVolumeMounts().forEach(mount -> {
            Volume volume = pod.getVolumes().stream()
                    .filter(candidate -> candidate.getName().equals(mount.getName()))
                    .findFirst()
                    .orElseThrow();
            if (volume.getEmptyDir() != null) {
                addMount(
                        mount.getMountPath(),
                        "tmpfs",
                        "tmpfs",
                        List.of(
                                "nosuid",
                                "nodev",
                                "mode=0777",
                                "size=" + bytes(volume.getEmptyDir().getSizeLimit())));
            } else {
                addMount(
                        mount.getMountPath(),
                        "bind",
                        volume.getHostPath().getPath(),
                        List.of("bind", Boolean.TRUE.equals(mount.getReadOnly()) ? "ro" : "rw"));
            }
        });
        return this;
    }

    /** Mounts a file or directory of the host that no manifest mounts. */
    PodContainer withFile(String path, Path file) {
        addMount(path, "bind", file.toString(), List.of("bind", "ro"));
        return this;
    }

    ObjectNode configuration() {
        return configuration;
    }

    private void addMount(String destination, String type, String source, List<String> options) {
        ObjectNode mount = ((ArrayNode) configuration.at("/mounts")).addObject();
        mount.put("destination", destination).put("type", type).put("source", source);
        ArrayNode list = mount.putArray("options");
        options.forEach(list::add);
    }

    private static long bytes(Quantity quantity) {
        return Quantity.getAmountInBytes(quantity).longValueExact();
    }
}
