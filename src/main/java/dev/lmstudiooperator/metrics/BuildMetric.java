package dev.lmstudiooperator.metrics;

import dev.lmstudiooperator.metrics.GaugeCollector.Sample;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Reports the build of the operator that this process runs. */
@ApplicationScoped
public class BuildMetric {

    private final GaugeCollector gauges;
    private final String version;
    private final String revision;

    /** @param revision the revision that the build recorded, see {@code pom.xml} */
    BuildMetric(
            GaugeCollector gauges,
            @ConfigProperty(name = "quarkus.application.version") String version,
            @ConfigProperty(name = "git.commit.id", defaultValue = "unknown") String revision) {
        this.gauges = gauges;
        this.version = version;
        this.revision = revision;
    }

    public void register(Enum<?> role) {
        Sample sample = Sample.of(1, version, revision, Runtime.version().toString(), Label.value(role));
        gauges.add(Metric.BUILD_INFO, () -> Stream.of(sample));
    }
}
