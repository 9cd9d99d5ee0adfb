package dev.lmstudiooperator.api.v1alpha1;

import java.util.Arrays;
import java.util.Optional;

/** Reason of a condition. Each comment states the meaning and what to do. */
public enum Reason {
    // A node
    /** The ManagedModel is scheduled to a node. Nothing to do. */
    BOUND("Bound"),
    /** No node fits. Change {@code nodeName} or {@code nodeSelector}, or the labels of a node. */
    NO_MATCHING_NODE("NoMatchingNode"),
    /** The agent of the node has not renewed its Lease for 40 s, so the state is unknown. Check the agent and the node. */
    AGENT_LOST("AgentLost"),
    /** The node no longer exists, and the ManagedModel is pinned to it. Add the node again, or delete the ManagedModel. */
    NODE_GONE("NodeGone"),
    /** The agent can drive LM Studio and verify its models. Used for an LMStudioNode. Nothing to do. */
    REACHABLE("Reachable"),

    // A node that Services use
    /** The controller reaches the address of the LMStudioNode. Nothing to do. */
    PROBE_SUCCEEDED("ProbeSucceeded"),
    /** The address of the LMStudioNode does not answer the controller. Check the address, firewalls and network policies. */
    PROBE_FAILED("ProbeFailed"),
    /** Services cannot use the address, for example a loopback address. Set {@code spec.advertisedAddress}. */
    ADDRESS_NOT_USABLE("AddressNotUsable"),
    /** The host name of the address is unknown. Correct the name service, or {@code spec.advertisedAddress}. */
    ADDRESS_NOT_RESOLVED("AddressNotResolved"),

    // A ManagedModel that Services select
    /** At least one Service sends requests to the instance. Nothing to do. */
    ENDPOINT_READY("EndpointReady"),
    /** A Service selects the ManagedModel, but sends no requests to the instance. Read the message. */
    ENDPOINT_WITHDRAWN("EndpointWithdrawn"),

    // True
    /** The model is loaded, and both sources list it. Nothing to do. */
    VERIFIED("Verified"),
    /** The TTL of a {@code Temporary} model has expired. Change the reload annotation to load it again. */
    EXPIRED("Expired"),

    // A ManagedModelSet
    /** Every replica has the current template and is Ready. Nothing to do. */
    REPLICAS_READY("ReplicasReady"),
    /** Clients can use at least one replica. Nothing to do. */
    REPLICAS_AVAILABLE("ReplicasAvailable"),
    /** Clients can use no replica. Check the ManagedModels of the set. */
    NO_REPLICA_AVAILABLE("NoReplicaAvailable"),
    /** The replicas are being updated to the current template. Wait. */
    ROLLING_OUT("RollingOut"),
    /** Replicas are being created or deleted. Wait. */
    SCALING("Scaling"),
    /** Replicas are not Ready. Check the ManagedModels that the message names. */
    REPLICAS_NOT_READY("ReplicasNotReady"),
    /** A rollout made no progress within {@code progressDeadlineSeconds}. Correct the template, or the node in the message. */
    ROLLOUT_FAILED("RolloutFailed"),
    /** The API server refused a ManagedModel of the set. Read the message. */
    FAILED_CREATE("FailedCreate"),

    // In progress
    /** The agent has not observed LM Studio since the spec changed or the agent started. Wait. */
    OBSERVING("Observing"),
    /** Another model is being loaded, unloaded or downloaded on the node. Wait. */
    WAITING_FOR_TURN("WaitingForTurn"),
    /** The model is being downloaded to the node; {@code status.download} shows the progress. Wait. */
    DOWNLOADING("Downloading"),
    /** The model is being loaded. Wait. */
    LOADING("Loading"),
    /** The model is loaded and being verified. Wait. */
    VERIFYING("Verifying"),
    /** The instance is busy; the agent waits before it unloads it. Wait, or stop the clients. */
    DRAINING("Draining"),
    /** The instance is being unloaded. Wait. */
    UNLOADING("Unloading"),
    /**
     * The instance was unloaded without an operation of the agent. It is loaded again. If this repeats, find the client that
     * evicts it.
     */
    EVICTED("Evicted"),
    /** The settings of the instance differ from the spec. It is reloaded. Find the client that changes it. */
    DRIFTED("Drifted"),
    /** A cancelled load completed, so the model is loaded twice. The agent unloads the copy. */
    DUPLICATED("Duplicated"),
    /** The instance is listed but not served. The agent reloads it after {@code failureThreshold} consecutive failures. */
    VERIFICATION_FAILED("VerificationFailed"),

    /** Clients keep the instance busy, so a check has no result. The last verification stands. Wait. */
    BUSY("Busy"),
    /** The instance is busy without progress. Check LM Studio and its GPU. Reload the model, or set {@code reloadStuck}. */
    STUCK("Stuck"),

    // Refused by LM Studio
    /** LM Studio estimates that the memory is not sufficient. Free memory, or choose a smaller model or context. */
    INSUFFICIENT_MEMORY("InsufficientMemory"),
    /** LM Studio could not load the model. Read the message and the log of LM Studio. */
    LOAD_FAILED("LoadFailed"),

    /** LM Studio did not unload the instance. The agent retries with backoff. Read the message and the log of LM Studio. */
    UNLOAD_FAILED("UnloadFailed"),
    /** LM Studio failed to list its models or instances. The agent retries with backoff. Read the message. */
    OBSERVATION_FAILED("ObservationFailed"),

    /** The download was interrupted or did not provide the model. The agent retries. Read the message. */
    DOWNLOAD_FAILED("DownloadFailed"),
    /** The disk of the node is too small. The agent retries rarely. Free space, or move the models of LM Studio. */
    DISK_FULL("DiskFull"),

    // Requires manual intervention
    /** This release does not support a value of the spec, for example after a rollback. Correct the field in the message. */
    INVALID_SPEC("InvalidSpec"),
    /** No model with exactly this key is on the node or in the catalog. Correct {@code model}, or download the model. */
    MODEL_NOT_FOUND("ModelNotFound"),
    /** The {@code lms} CLI cannot load this model, or cannot list it after the load. Choose another model or format. */
    MODEL_NOT_LOADABLE("ModelNotLoadable"),
    /** LM Studio did not apply the requested settings. Correct the settings. */
    SETTINGS_NOT_HONORED("SettingsNotHonored"),
    /** An older ManagedModel, or a linked device, uses the identifier. Choose another identifier. */
    IDENTIFIER_CONFLICT("IdentifierConflict"),
    /** {@code spec.suspend} is true. Set it to false. */
    SUSPENDED("Suspended"),

    // LM Studio is not usable
    /**
     * {@code lms} is missing, cannot be run, or its output cannot be stored. Correct {@code lms.path}, or free disk space.
     */
    CLI_NOT_USABLE("CLINotUsable"),
    /** LM Studio does not run or does not respond. Start it. */
    LM_STUDIO_UNREACHABLE("LMStudioUnreachable"),
    /** LM Studio's HTTP server is off, so models cannot be verified. Run {@code lms server start} on the node. */
    SERVER_NOT_RUNNING("ServerNotRunning"),
    /**
     * LM Studio refused the identity of the CLI, or requires an API token. Use its own CLI and home directory, or mount the
     * token.
     */
    NOT_AUTHENTICATED("NotAuthenticated"),
    /** CLI and server are of different releases. Install the CLI of the release of the server. */
    VERSION_MISMATCH("VersionMismatch"),
    /** The agent could not read a response of LM Studio. Read the message and the log of the agent. */
    UNREADABLE_OUTPUT("UnreadableOutput"),
    /**
     * {@code lms} failed repeatedly. The agent does not call it until the time in the message, which also states the cause.
     */
    CIRCUIT_BREAKER_OPEN("CircuitBreakerOpen"),
    /** A call timed out. Check the load of the node, and whether LM Studio hangs. */
    TIMED_OUT("TimedOut");

    private final String text;

    Reason(String text) {
        this.text = text;
    }

    /** The reason with this text; empty for a reason of a newer release. */
    public static Optional<Reason> of(String text) {
        return Arrays.stream(values())
                .filter(reason -> reason.text.equals(text))
                .findFirst();
    }

    /** The value of {@code reason} in a condition. */
    public String text() {
        return text;
    }
}
