package dev.lmstudiooperator.config;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
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

/** Configuration properties of the operator. Each property is also an environment variable, {@code LMSTUDIO_OPERATOR_…}. */
@ConfigMapping(prefix = "lmstudio-operator")
public interface OperatorConfig {

    /** Role of this process: {@code all}, {@code agent} or {@code controller}. */
    @WithDefault("all")
    Role role();

    /** Name of this node; in a cluster, the name of the Kubernetes Node. Default: the host name in lower case. */
    Optional<
                    @Size(min = 1, max = 248)
                    @Pattern(
                            regexp = "[a-z0-9]([-a-z0-9.]*[a-z0-9])?",
                            message = "must be a Kubernetes node name: lower-case letters, digits, '-' and '.'")
                    String>
            nodeName();

    /** Labels of this node that {@code spec.nodeSelector} matches. */
    Map<String, String> nodeLabels();

    /** Memory of this node for models, in bytes. LM Studio does not report it. Default: not taken into account. */
    Optional<@Min(1) Long> modelMemoryBytes();

    /** Minimum level of the operator's own log lines. */
    @WithDefault("info")
    LogLevel logLevel();

    /** Namespace of the operator, which contains its Leases. */
    @WithDefault("lmstudio-operator")
    @Pattern(
            regexp = "[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?",
            message = "must be the name of a namespace: lower-case letters, digits and '-', at most 63 characters")
    String namespace();

    /**
     * Directory for the lock of the agent and the ID by which it holds its Lease; absolute. Default: in {@link Lms#home}.
     */
    Optional<Path> stateDir();

    /** The Lease that the agent of a node renews as its heartbeat. */
    Lease lease();

    /** The command line of LM Studio. */
    Lms lms();

    /** Retries of failed reads of {@code lms}. */
    Retry retry();

    /** The circuit breaker for {@code lms}. */
    CircuitBreaker circuitBreaker();

    /** The HTTP API of LM Studio. */
    Http http();

    /** Intervals at which the agent observes LM Studio. */
    Observer observer();

    /** Services that send requests to instances. */
    Services services();

    /** Role of a process of the operator. */
    enum Role {
        /** Drives the LM Studio of its node. */
        AGENT,
        /** Schedules ManagedModels, detects lost agents and cleans up after them, for the whole cluster. */
        CONTROLLER,
        /** Agent and controller in one process, for a cluster with one GPU node and for the demo. */
        ALL;

        public boolean isAgent() {
            return this != CONTROLLER;
        }

        public boolean isController() {
            return this != AGENT;
        }
    }

    /** Minimum level of log lines. The logging framework reads the same property. */
    enum LogLevel {
        /** Errors that require manual intervention. */
        ERROR,
        /** Problems that may require manual intervention if they persist. */
        WARN,
        /** State changes. A process whose state does not change logs nothing. */
        INFO,
        /** Also each reconciliation and its decision. */
        DEBUG
    }

    /** The Lease that the agent of a node renews as its heartbeat. */
    interface Lease {

        /**
         * Validity of a renewal. An agent without a heartbeat for this time is lost. The agent renews four times as often.
         */
        @WithDefault("40s")
        @DurationMin(seconds = 4)
        @DurationMax(minutes = 10)
        Duration duration();
    }

    /** The command line of LM Studio. */
    interface Lms {

        /** The {@code lms} of the LM Studio installation on this node; absolute. */
        @WithDefault("${user.home}/.lmstudio/bin/lms")
        Path path();

        /** The home directory of the user who runs LM Studio; absolute. */
        @WithDefault("${user.home}")
        Path home();

        /** File in which the running LM Studio stores its port. Default: in {@link #home}. */
        Optional<Path> apiServerInfoPath();

        /** Directory for the output of {@code lms} while it runs; absolute. */
        @WithDefault("${java.io.tmpdir}")
        Path workDir();

        /** Timeout of {@code lms ps}, {@code ls}, {@code server status} and {@code version}. */
        @WithDefault("10s")
        @DurationMin(millis = 100)
        @DurationMax(minutes = 10)
        Duration readTimeout();

        /** Timeout of {@code lms load}. */
        @WithDefault("10m")
        @DurationMin(seconds = 1)
        @DurationMax(hours = 6)
        Duration loadTimeout();

        /** Timeout of {@code lms unload}. */
        @WithDefault("60s")
        @DurationMin(seconds = 1)
        @DurationMax(hours = 1)
        Duration unloadTimeout();

        /** Timeout of one {@code lms get}. The next one resumes the download. */
        @WithDefault("1h")
        @DurationMin(seconds = 1)
        @DurationMax(days = 7)
        Duration downloadTimeout();

        /** Timeout of {@code lms server start}. */
        @WithDefault("30s")
        @DurationMin(seconds = 1)
        @DurationMax(minutes = 10)
        Duration serverStartTimeout();

        /** Time that a cancelled call has to end before the agent kills it. */
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

        /** Time that the circuit breaker stays open before the next attempt. */
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

        /** Whether the agent starts the HTTP server of LM Studio at {@link #url} when the server is off. */
        @WithDefault("false")
        boolean startServer();

        /** File with the API token; the agent reads it for every request. Default: no token. */
        Optional<Path> tokenFile();

        /** Timeout of a request for a list. */
        @WithDefault("5s")
        @DurationMin(millis = 100)
        @DurationMax(minutes = 1)
        Duration timeout();
    }

    /** Intervals at which the agent observes LM Studio. */
    interface Observer {

        /** Interval between two polls of the HTTP API. */
        @WithDefault("2s")
        @DurationMin(millis = 100)
        @DurationMax(minutes = 1)
        Duration pollInterval();

        /** Maximum time between two calls of {@code lms ps}. */
        @WithDefault("60s")
        @DurationMin(seconds = 1)
        @DurationMax(minutes = 10)
        Duration resyncInterval();

        /** The same, while the HTTP API does not respond or {@code lms} fails. */
        @WithDefault("10s")
        @DurationMin(seconds = 1)
        @DurationMax(minutes = 10)
        Duration resyncIntervalWithoutApi();

        /**
         * Maximum time between two calls of {@code lms ls}. If the HTTP API lists other models than before, the agent calls
         * it at once.
         */
        @WithDefault("20m")
        @DurationMin(seconds = 10)
        @DurationMax(hours = 24)
        Duration inventoryInterval();
    }

    /** Services that send requests to instances. */
    interface Services {

        /**
         * Maximum time that the agent waits for the controller to withdraw an instance from Services, before it drains and
         * unloads the instance.
         */
        @WithDefault("30s")
        @DurationMin(seconds = 0)
        @DurationMax(minutes = 10)
        Duration withdrawalTimeout();
    }
}
