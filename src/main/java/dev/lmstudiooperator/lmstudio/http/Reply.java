package dev.lmstudiooperator.lmstudio.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lmstudiooperator.lmstudio.InfrastructureFailure;
import dev.lmstudiooperator.lmstudio.LmStudioFailure;
import dev.lmstudiooperator.lmstudio.TextSanitizer;

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

    /** Returns this reply to a list, or throws the failure that it reports. */
    Reply listed() throws LmStudioFailure {
        if (isError()) {
            throw ApiErrorPattern.ofList(this);
        }
        return this;
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

    String text(JsonNode parent, String name) throws InfrastructureFailure {
        JsonNode value = parent.path(name);
        if (!value.isTextual()) {
            throw unreadable(name, value, "a string");
        }
        return value.textValue();
    }

    JsonNode array(JsonNode parent, String name) throws InfrastructureFailure {
        JsonNode value = parent.path(name);
        if (!value.isArray()) {
            throw unreadable(name, value, "an array");
        }
        return value;
    }

    InfrastructureFailure unreadable(String name, JsonNode value, String expected) {
        return new InfrastructureFailure(
                InfrastructureFailure.Kind.UNREADABLE_OUTPUT,
                "%s was answered with a '%s' that is '%s' and not %s, so nothing is known — check that this release of LM Studio is supported"
                        .formatted(what, name, TextSanitizer.clean(value.toString()), expected));
    }
}
