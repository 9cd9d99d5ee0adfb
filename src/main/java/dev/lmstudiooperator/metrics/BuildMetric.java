package dev.lmstudiooperator.metrics;

import dev.lmstudiooperator.metrics.Meters.Sample;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Reports the build of the operator that this process runs. */
@ApplicationScoped
public class BuildMetric {

    private final Meters meters;
    private final String version;
    private final String revision;

    /** @param revision the revision that the build recorded, see {@code pom.xml} */
    BuildMetric(
            Meters meters,
            @ConfigProperty(name = "quarkus.application.version") String version,
            @ConfigProperty(name = "git.commit.id", defaultValue = "unknown") String revision) {
        this.meters = meters;
        this.version = version;
        this.revision = revision;
    }

    public void register(Enum<?> role) {
        Sample sample = Sample.of(1, version, revision, Runtime.version().toString(), Label.value(role));
        meters.gauge(Metric.BUILD_INFO, () -> Stream.of(sample));
    }
}
