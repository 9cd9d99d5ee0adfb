package dev.lmstudiooperator.config;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;

/** Everything that can be configured. Each property is also an environment variable, {@code LMSTUDIO_OPERATOR_…}. */
@ConfigMapping(prefix = "lmstudio-operator")
public interface OperatorConfig {

    /** What this process does: {@code all}, {@code agent} or {@code controller}. */
    @WithDefault("all")
    Role role();

    /** The name of this node; in a cluster, that of the Kubernetes Node. Default: the host name in lower case. */
    Optional<
                    @Size(min = 1, max = 248)
                    @Pattern(
                            regexp = "[a-z0-9]([-a-z0-9.]*[a-z0-9])?",
                            message = "must be a Kubernetes node name: lower-case letters, digits, '-' and '.'")
                    String>
            nodeName();

    /** Labels of this node, which {@code spec.nodeSelector} is compared with. */
    Map<String, String> nodeLabels();

    /** How much memory this node has for models, in bytes. LM Studio does not tell. Default: not taken into account. */
    Optional<@Min(1) Long> modelMemoryBytes();

    /** From which level on this operator's own lines are logged. */
    @WithDefault("info")
    LogLevel logLevel();

    /** The namespace that the operator is installed in; its Leases are there. */
    @WithDefault("lmstudio-operator")
    @Pattern(
            regexp = "[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?",
            message = "must be the name of a namespace: lower-case letters, digits and '-', at most 63 characters")
    String namespace();

    /** Where the agent keeps its lock and the id by which it holds its Lease; absolute. Default: in {@link Lms#home}. */
    Optional<Path> stateDir();

    /** By what a node's agent is known to live. */
    @Valid
    Lease lease();

    /** The command line of LM Studio. */
    @Valid
    Lms lms();

    /** Retries of failed reads of {@code lms}. */
    @Valid
    Retry retry();

    /** The circuit breaker for {@code lms}. */
    @Valid
    CircuitBreaker circuitBreaker();

    /** The HTTP API of LM Studio. */
    @Valid
    Http http();

    /** How often LM Studio is looked at. */
    @Valid
    Observer observer();

    /** By what a node's agent is known to live. */
    interface Lease {

        /** For how long a renewal holds: an agent that has been silent for so long is lost. It renews four times as often. */
        @WithDefault("40s")
        @DurationMin(seconds = 4)
        @DurationMax(minutes = 10)
        Duration duration();
    }

    /** The command line of LM Studio. */
    interface Lms {

        /** The {@code lms} that came with the LM Studio of this node; absolute. */
        @WithDefault("${user.home}/.lmstudio/bin/lms")
        Path path();

        /** The home directory of the user who runs LM Studio; absolute. */
        @WithDefault("${user.home}")
        Path home();

        /** The file in which the running LM Studio wrote its port. Default: in {@link #home}. */
        Optional<Path> apiServerInfoPath();

        /** Where the output of {@code lms} lies while it runs; absolute. */
        @WithDefault("${java.io.tmpdir}")
        Path workDir();

        /** How long {@code lms ps}, {@code ls}, {@code server status} and {@code version} may take. */
        @WithDefault("10s")
        @DurationMin(millis = 100)
        @DurationMax(minutes = 10)
        Duration readTimeout();

        /** How long {@code lms load} may take. */
        @WithDefault("10m")
        @DurationMin(seconds = 1)
        @DurationMax(hours = 6)
        Duration loadTimeout();

        /** How long {@code lms unload} may take. */
        @WithDefault("60s")
        @DurationMin(seconds = 1)
        @DurationMax(hours = 1)
        Duration unloadTimeout();

        /** How long one {@code lms get} may take; the next one goes on where it stopped. */
        @WithDefault("1h")
        @DurationMin(seconds = 1)
        @DurationMax(days = 7)
        Duration downloadTimeout();

        /** How long {@code lms server start} may take. */
        @WithDefault("30s")
        @DurationMin(seconds = 1)
        @DurationMax(minutes = 10)
        Duration serverStartTimeout();

        /** How long a cancelled call may take to end before the agent kills it. */
        @WithDefault("2s")
        @DurationMin(millis = 100)
        @DurationMax(minutes = 1)
        Duration terminationGracePeriod();

        /** Maximum number of concurrent reads. */
        @WithDefault("4")
        @Min(1)
        @Max(100)
        int maxConcurrentReads();
    }

    /** Retries of failed reads of {@code lms}. */
    interface Retry {

        /** Maximum number of immediate retries of a read after a temporary failure. */
        @WithDefault("3")
        @Min(0)
        @Max(10)
        int maxRetries();

        /** Delay before the first retry of a read, a load or an unload; each delay is twice the previous one. */
        @WithDefault("1s")
        @DurationMin(millis = 10)
        @DurationMax(minutes = 1)
        Duration delay();

        /** Maximum delay between two retries of a read. */
        @WithDefault("30s")
        @DurationMin(millis = 10)
        @DurationMax(minutes = 2)
        Duration maxDelay();

        /** Maximum random deviation of a delay between two retries of a read. */
        @WithDefault("200ms")
        @DurationMin(millis = 0)
        @DurationMax(seconds = 10)
        Duration jitter();
    }

    /** The circuit breaker for {@code lms}. */
    interface CircuitBreaker {

        /** Number of consecutive failures of {@code lms} after which the circuit breaker opens. */
        @WithDefault("5")
        @Min(1)
        @Max(100)
        int failureThreshold();

        /** How long it stays open before the next attempt. */
        @WithDefault("60s")
        @DurationMin(millis = 100)
        @DurationMax(hours = 1)
        Duration delay();
    }

    /** The HTTP API of LM Studio. */
    interface Http {

        /** Scheme, host and port, without a path. */
        @WithDefault("http://127.0.0.1:1234")
        URI url();

        /** Whether the agent starts LM Studio's HTTP server, at {@link #url}, when it is off. */
        @WithDefault("false")
        boolean startServer();

        /** The file that holds the API token; read again for every request. Default: no token. */
        Optional<Path> tokenFile();

        /** How long a list may take. */
        @WithDefault("5s")
        @DurationMin(millis = 100)
        @DurationMax(minutes = 1)
        Duration timeout();
    }

    /** How often LM Studio is looked at. */
    interface Observer {

        /** Between two questions to the HTTP API. */
        @WithDefault("2s")
        @DurationMin(millis = 100)
        @DurationMax(minutes = 1)
        Duration pollInterval();

        /** At most this long without {@code lms ps}. */
        @WithDefault("60s")
        @DurationMin(seconds = 1)
        @DurationMax(minutes = 10)
        Duration resyncInterval();

        /** The same while the HTTP API does not answer, or {@code lms} fails. */
        @WithDefault("10s")
        @DurationMin(seconds = 1)
        @DurationMax(minutes = 10)
        Duration resyncIntervalWithoutApi();

        /** At most this long without {@code lms ls}. When the HTTP API lists other models than before, it is called at once. */
        @WithDefault("20m")
        @DurationMin(seconds = 10)
        @DurationMax(hours = 24)
        Duration inventoryInterval();
    }
}
