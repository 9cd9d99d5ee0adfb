package dev.lmstudiooperator.api.v1alpha1;

import java.util.Arrays;
import java.util.Optional;

/** Reason of a condition. Each has a suggestion what to do. */
public enum Reason {
    // A node
    /** A node was chosen. Nothing to do. */
    BOUND("Bound"),
    /** No node fits. Change {@code nodeName} or {@code nodeSelector}, or the labels of a node. */
    NO_MATCHING_NODE("NoMatchingNode"),
    /** The node's agent has not renewed its lease for 40 s: the state is unknown. Check the agent and the node. */
    AGENT_LOST("AgentLost"),
    /** The node does not exist any more, and the ManagedModel is pinned to it. Add the node again, or delete the ManagedModel. */
    NODE_GONE("NodeGone"),
    /** The agent can drive LM Studio and verify its models. Used for a node. Nothing to do. */
    REACHABLE("Reachable"),

    // True
    /** The model is loaded, and both sources list it. Nothing to do. */
    VERIFIED("Verified"),
    /** The TTL of a {@code Temporary} model has expired. Change the reload annotation to load it again. */
    EXPIRED("Expired"),

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
    /** The instance disappeared without an action of the agent, and is loaded again. If it repeats, find the client that evicts it. */
    EVICTED("Evicted"),
    /** The instance has other settings than the spec, and is reloaded. Find the client that loads it. */
    DRIFTED("Drifted"),
    /** A cancelled load completed anyway, so the model is loaded twice. The agent unloads the copy. */
    DUPLICATED("Duplicated"),
    /** The instance is listed but not served. It is reloaded after as many failures as the spec allows. */
    VERIFICATION_FAILED("VerificationFailed"),

    /** Clients keep the instance busy, so a check has no result. The last verification stands. Wait. */
    BUSY("Busy"),
    /** The instance is busy and makes no progress. Check LM Studio and its GPU; reload the model, or set {@code reloadStuck}. */
    STUCK("Stuck"),

    // Refused by LM Studio
    /** LM Studio expects that the memory is not sufficient. Free memory, or choose a smaller model or context. */
    INSUFFICIENT_MEMORY("InsufficientMemory"),
    /** LM Studio could not load the model. Read the message and LM Studio's own log. */
    LOAD_FAILED("LoadFailed"),

    /** LM Studio did not unload the instance; the agent retries with backoff. Read the message and LM Studio's own log. */
    UNLOAD_FAILED("UnloadFailed"),
    /** LM Studio failed to list its models or instances; the agent retries with backoff. Read the message. */
    OBSERVATION_FAILED("ObservationFailed"),

    /** The download was interrupted, or did not bring the model; the agent retries. Read the message. */
    DOWNLOAD_FAILED("DownloadFailed"),
    /** The disk of the node is too small for the download; the agent retries rarely. Free space, or move LM Studio's models. */
    DISK_FULL("DiskFull"),

    // Requires manual intervention
    /** This release does not know a value of the spec, for example after a rollback. Correct the field that the message names. */
    INVALID_SPEC("InvalidSpec"),
    /** No model with exactly this key is on the node, or in the catalogue. Correct {@code model}, or download it there. */
    MODEL_NOT_FOUND("ModelNotFound"),
    /** The {@code lms} CLI cannot load this model, or cannot list it once it is loaded. Choose another model or format. */
    MODEL_NOT_LOADABLE("ModelNotLoadable"),
    /** LM Studio did not apply the requested settings. Correct the settings. */
    SETTINGS_NOT_HONORED("SettingsNotHonored"),
    /** An older ManagedModel, or a linked device, uses the identifier. Choose another identifier. */
    IDENTIFIER_CONFLICT("IdentifierConflict"),
    /** {@code spec.suspend} is true. Set it to false. */
    SUSPENDED("Suspended"),

    // LM Studio is not usable
    /** {@code lms} is missing or cannot be run, or its output cannot be kept. Correct {@code lms.path}, or make room on the disk. */
    CLI_NOT_USABLE("CLINotUsable"),
    /** LM Studio does not run, or does not answer. Start it. */
    LM_STUDIO_UNREACHABLE("LMStudioUnreachable"),
    /** LM Studio's HTTP server is off, so models cannot be verified. Run {@code lms server start} on the node. */
    SERVER_NOT_RUNNING("ServerNotRunning"),
    /** LM Studio refused the CLI's identity, or requires an API token. Use its own CLI and home; mount the token. */
    NOT_AUTHENTICATED("NotAuthenticated"),
    /** CLI and server are of different releases. Install the CLI that came with the server. */
    VERSION_MISMATCH("VersionMismatch"),
    /** LM Studio's answer could not be read. Read the message and the agent's log. */
    UNREADABLE_OUTPUT("UnreadableOutput"),
    /** {@code lms} failed repeatedly; the agent does not call it until the time in the message. Read the cause there. */
    CIRCUIT_BREAKER_OPEN("CircuitBreakerOpen"),
    /** A call timed out. Check the load of the node, and whether LM Studio hangs. */
    TIMED_OUT("TimedOut");

    private final String text;

    Reason(String text) {
        this.text = text;
    }

    /** The reason that stands so in a condition; empty for one of a newer release. */
    public static Optional<Reason> of(String text) {
        return Arrays.stream(values())
                .filter(reason -> reason.text.equals(text))
                .findFirst();
    }

    /** The reason as it stands in a condition. */
    public String text() {
        return text;
    }
}
