package dev.lmstudiooperator.lmstudio.http;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * A JSON object in a response of LM Studio.
 *
 * @param what the request, for messages
 */
record Reply(String what, int status, JsonNode body) {

    /** LM Studio responds to unknown paths with 200, so the body must be checked. */
    boolean isUnknownEndpoint() {
        return status == 404 || ApiErrorPattern.UNKNOWN_ENDPOINT.isIn(errorText());
    }

    boolean isError() {
        return status != 200 || !errorText().isEmpty();
    }

    /** Returns the error, which LM Studio sends as a string or as an object. Empty if there is no error. */
    String errorText() {
        JsonNode error = body.path("error");
        if (error.isMissingNode() || error.isNull()) {
            return "";
        }
        if (error.isTextual()) {
            return error.textValue();
        }
        String text = String.join(
                        " ",
                        error.path("message").asText(""),
                        error.path("type").asText(""),
                        error.path("code").asText(""))
                .strip();
        return text.isEmpty() ? error.toString() : text;
    }
}
