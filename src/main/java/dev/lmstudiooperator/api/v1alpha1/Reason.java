package dev.lmstudiooperator.api.v1alpha1;

import java.util.Arrays;
import java.util.Optional;

/** Why a condition is what it is. Each tells what a person can do about it. */
public enum Reason {
    // A node
    /** A node was chosen. Nothing to do. */
    BOUND("Bound"),
    /** No node fits. Change {@code nodeName} or {@code nodeSelector}, or the labels of a node. */
    NO_MATCHING_NODE("NoMatchingNode"),
    /** The node's agent has not renewed its lease for 40 s: nobody knows what is served. Look after the agent, or the node. */
    AGENT_LOST("AgentLost"),
    /** The node is gone, and the ManagedModel is pinned to it. Bring a node of that name, or delete the ManagedModel. */
    NODE_GONE("NodeGone"),
    /** LM Studio can be driven, and what it serves can be proven. Said of a node; nothing to do. */
    REACHABLE("Reachable"),

    // True
    /** The model is loaded, and both witnesses say so. Nothing to do. */
    VERIFIED("Verified"),
    /** A {@code Temporary} model's TTL has run out. Change the reload annotation to load it once more. */
    EXPIRED("Expired"),

    // On the way
    /** The agent has not looked at LM Studio since the spec changed, or since it started. Wait. */
    OBSERVING("Observing"),
    /** Another model is being loaded, unloaded or downloaded on the node. Wait. */
    WAITING_FOR_TURN("WaitingForTurn"),
    /** The model is being downloaded to the node; {@code status.download} tells how far. Wait. */
    DOWNLOADING("Downloading"),
    /** The model is being loaded. Wait. */
    LOADING("Loading"),
    /** The model is loaded and being verified. Wait. */
    VERIFYING("Verifying"),
    /** The instance is busy, and is waited for before it is unloaded. Wait, or stop the clients. */
    DRAINING("Draining"),
    /** The instance is being unloaded. Wait. */
    UNLOADING("Unloading"),
    /** The instance vanished without the agent's doing, and is loaded again. Look for who evicts it if it repeats. */
    EVICTED("Evicted"),
    /** An instance of this identifier has other settings than the spec, and is reloaded. Look for who loads it so. */
    DRIFTED("Drifted"),
    /** A load that was given up finished all the same, so that the model is in memory twice. The copy is unloaded. */
    DUPLICATED("Duplicated"),
    /** The instance is listed but not served. It is reloaded after as many failures as the spec allows. */
    VERIFICATION_FAILED("VerificationFailed"),

    /** Clients keep the instance busy, so that a check cannot decide. The last verification stands. Wait. */
    BUSY("Busy"),
    /** The instance is busy and makes no progress. Check LM Studio and its GPU; reload the model, or set {@code reloadStuck}. */
    STUCK("Stuck"),

    // Refused by LM Studio
    /** LM Studio expects that the memory does not suffice. Free memory, or choose a smaller model or context. */
    INSUFFICIENT_MEMORY("InsufficientMemory"),
    /** LM Studio could not load the model. Read the message and LM Studio's own log. */
    LOAD_FAILED("LoadFailed"),

    /** LM Studio did not unload the instance; the agent retries with backoff. Read the message and LM Studio's own log. */
    UNLOAD_FAILED("UnloadFailed"),
    /** LM Studio failed to list its models or instances; the agent retries with backoff. Read the message. */
    OBSERVATION_FAILED("ObservationFailed"),

    /** The download broke off, or did not bring the model; it is tried again. Read the message. */
    DOWNLOAD_FAILED("DownloadFailed"),
    /** The disk of the node is too small for the download; tried again, rarely. Free space, or move LM Studio's models. */
    DISK_FULL("DiskFull"),

    // Not without a person
    /** The spec holds what this release does not know, as after a rollback. Correct the field that the message names. */
    INVALID_SPEC("InvalidSpec"),
    /** No model with exactly this key is on the node, or in the catalogue. Correct {@code model}, or download it there. */
    MODEL_NOT_FOUND("ModelNotFound"),
    /** The {@code lms} CLI cannot load this model, or cannot list it once it is loaded. Choose another model or format. */
    MODEL_NOT_LOADABLE("ModelNotLoadable"),
    /** LM Studio loaded the model with other settings than it was asked for. Correct the settings. */
    SETTINGS_NOT_HONORED("SettingsNotHonored"),
    /** An older ManagedModel, or a linked device, uses the identifier. Choose another identifier. */
    IDENTIFIER_CONFLICT("IdentifierConflict"),
    /** A person suspended it. Set {@code suspend} to false. */
    SUSPENDED("Suspended"),

    // The way to LM Studio is broken
    /** {@code lms} is missing or cannot be run, or its output cannot be kept. Correct {@code lms.path}, or make room on the disk. */
    CLI_NOT_USABLE("CLINotUsable"),
    /** LM Studio does not run, or does not answer. Start it. */
    LM_STUDIO_UNREACHABLE("LMStudioUnreachable"),
    /** LM Studio's HTTP server is off, so that nothing can be proven. Run {@code lms server start} on the node. */
    SERVER_NOT_RUNNING("ServerNotRunning"),
    /** LM Studio refused the CLI's identity, or wants an API token. Use its own CLI and home; mount the token. */
    NOT_AUTHENTICATED("NotAuthenticated"),
    /** CLI and server are of different releases. Install the CLI that came with the server. */
    VERSION_MISMATCH("VersionMismatch"),
    /** LM Studio's answer could not be read. Read the message and the agent's log. */
    UNREADABLE_OUTPUT("UnreadableOutput"),
    /** After too many failures in a row, {@code lms} is left alone until the time that the message names. Read why, there. */
    CIRCUIT_BREAKER_OPEN("CircuitBreakerOpen"),
    /** A call did not end before its deadline. Look at the load of the node, and whether LM Studio hangs. */
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
