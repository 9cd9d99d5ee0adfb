package dev.lmstudiooperator.lmstudio.http;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * A JSON object that LM Studio answered with.
 *
 * @param what the request, for messages
 */
record Reply(String what, int status, JsonNode body) {

    /** LM Studio answers unknown paths with 200: only the body tells. */
    boolean isUnknownEndpoint() {
        return status == 404 || ApiErrorPattern.UNKNOWN_ENDPOINT.isIn(errorText());
    }

    boolean isError() {
        return status != 200 || !errorText().isEmpty();
    }

    /** The error as a text, which LM Studio sends as a string or as an object; empty when there is none. */
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
