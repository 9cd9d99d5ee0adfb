package dev.lmstudiooperator.agent;

import static java.util.Objects.requireNonNull;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Liveness;

/**
 * Fails if a mount of the container shows an LM Studio folder that was replaced. Only a new container mounts the new
 * folder.
 */
@Liveness
@ApplicationScoped
public class MountedFolderLivenessCheck implements HealthCheck {

    private final MountedFolders folders;

    @Inject
    MountedFolderLivenessCheck(AgentSettings settings) {
        this(new MountedFolders(List.of(
                requireNonNull(settings.lms().executable().getParent()),
                requireNonNull(settings.lms().apiServerInfoPath().getParent()))));
    }

    MountedFolderLivenessCheck(MountedFolders folders) {
        this.folders = folders;
    }

    @Override
    public HealthCheckResponse call() {
        List<Path> stale = folders.stale();
        return HealthCheckResponse.named("LM Studio's folders are mounted")
                .status(stale.isEmpty())
                .withData("replaced", stale.stream().map(Path::toString).collect(Collectors.joining(", ")))
                .build();
    }
}
