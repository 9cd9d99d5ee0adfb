package dev.lmstudiooperator.kubernetes;

import com.fasterxml.jackson.core.JsonStreamContext;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.deser.DeserializationProblemHandler;
import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelSet;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads ManagedModels and ManagedModelSets with values that this release does not know, such as an enum value of a newer or older CRD. The
 * field counts as absent, and an annotation reports it. Without this, one unreadable object would hide all others from the
 * operator. The annotation survives the copies that the framework makes, and exists only in this process.
 */
public final class LenientDeserialization extends DeserializationProblemHandler {

    @Override
    public @Nullable Object handleWeirdStringValue(
            DeserializationContext context, Class<?> type, String value, String failure) {
        return type.isEnum() && isInStatus(context) ? null : report(context, "is '%s': %s".formatted(value, failure));
    }

    @Override
    public @Nullable Object handleWeirdNumberValue(
            DeserializationContext context, Class<?> type, Number value, String failure) {
        return report(context, "is %s: %s".formatted(value, failure));
    }

    /** The status is overwritten, so unknown values of another release do not matter there. */
    private static boolean isInStatus(DeserializationContext context) {
        JsonStreamContext parent = context.getParser().getParsingContext().getParent();
        return Stream.iterate(parent, Objects::nonNull, JsonStreamContext::getParent)
                .anyMatch(at -> "status".equals(at.getCurrentName()));
    }

    private static boolean isOurs(@Nullable Object value) {
        return value instanceof ManagedModel || value instanceof ManagedModelSet;
    }

    /** The API server sends the metadata before the spec, so the annotations are available. */
    private static @Nullable Object report(DeserializationContext context, String problem) {
        StringBuilder path = new StringBuilder();
        for (JsonStreamContext at = context.getParser().getParsingContext(); at != null; at = at.getParent()) {
            if (isOurs(at.getCurrentValue())
                    && at.getCurrentValue() instanceof HasMetadata object
                    && object.getMetadata() != null) {
                Map<String, String> annotations =
                        new HashMap<>(Optional.ofNullable(object.getMetadata().getAnnotations())
                                .orElse(Map.of()));
                annotations.put(ManagedModel.UNREADABLE_ANNOTATION_PREFIX + at.getCurrentName() + path, problem);
                object.getMetadata().setAnnotations(annotations);
                return null;
            }
            if (at.getCurrentName() != null) {
                path.insert(0, "." + at.getCurrentName());
            }
        }
        return NOT_HANDLED;
    }
}
