package dev.lmstudiooperator.simulator.fault;

import com.fasterxml.jackson.annotation.JsonValue;

/** The kinds of faults. The README of the simulator describes their effects and parameters. */
public enum FaultKind {
    // any call
    HANG("hang"),
    DELAY("delay"),
    // the CLI as a process
    EXIT("exit"),
    SIGNAL("signal"),
    IGNORE_INT("ignoreInt"),
    IGNORE_TERM("ignoreTerm"),
    GRANDCHILD("grandchild"),
    ZOMBIE("zombie"),
    CPU("cpu"),
    // the CLI's output
    EMPTY("empty"),
    OUTPUT("output"),
    HTML("html"),
    GARBAGE("garbage"),
    HUGE("huge"),
    TRUNCATE("truncate"),
    STDERR("stderr"),
    UNKNOWN_FIELD("unknownField"),
    NULL_NUMBER("nullNumber"),
    REMOVE_FIELD("removeField"),
    // between the CLI and the server
    SERVER_ERROR("serverError"),
    PROMPT("prompt"),
    AUTH_REJECTED("authRejected"),
    AUTH_HANG("authHang"),
    CONNECTION_LOST("connectionLost"),
    MISSING_FIELD("missingField"),
    NEW_STATUS("newStatus"),
    UNKNOWN_CALL("unknownCall"),
    ALREADY_UNLOADED("alreadyUnloaded"),
    // the models that the server knows
    INCOMPLETE("incomplete"),
    MODEL_GONE("modelGone"),
    // loads
    WRONG_MODEL("wrongModel"),
    NO_EFFECT("noEffect"),
    LOADED_BUT_FAILS("loadedButFails"),
    LOAD_FAILS("loadFails"),
    SILENT_LOAD("silentLoad"),
    LOAD_CONNECTION_LOST("loadConnectionLost"),
    // the HTTP server
    NOT_VERIFIED("notVerified"),
    // HTTP
    STATUS("status"),
    HALF("half"),
    REFUSE("refuse"),
    WRONG_REPLY_MODEL("wrongReplyModel");

    private final String value;

    FaultKind(String value) {
        this.value = value;
    }

    @JsonValue
    public String value() {
        return value;
    }
}
