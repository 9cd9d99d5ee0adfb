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
 * What a kubelet would make of a Pod of ours and its image, in the terms of the OCI's runtime specification. The network is the
 * host's, with its name, also where the Pod has its own: the API server of a test listens on loopback. There is no seccomp profile: a kubelet's
 * runtime brings its own.
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

    /** The values of variables that the Pod takes from itself are told here, and so is what only a test has. */
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

    /** A file or folder of the host that no manifest of ours mounts. */
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
