package dev.lmstudiooperator.kubernetes;

import static java.util.Objects.requireNonNullElse;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Omits status fields that the installed CRD does not declare, for example while the CRDs are older than the operator. An
 * update would drop such fields. A server-side apply with such a field is refused as a whole, and the status would stay
 * outdated. After a refusal the fields are omitted, and are tried again only after {@link #MEMORY}. A refusal takes long,
 * because the client handles it as a temporary error of the server.
 */
public final class UnknownFieldPruner {

    static final Duration MEMORY = Duration.ofMinutes(10);

    private static final Pattern UNDECLARED = Pattern.compile("\\.(status(?:\\.\\w+)+): field not declared in schema");

    private static final KubernetesSerialization JSON = new KubernetesSerialization();

    private final InstantSource clock;
    private Set<JsonPointer> known = Set.of();
    private Instant forgottenAt = Instant.MIN;

    public UnknownFieldPruner(InstantSource clock) {
        this.clock = clock;
    }

    /** Applies a status without the undeclared fields. */
    public <T extends HasMetadata> T leftOut(T applied, UnaryOperator<T> apply) {
        Set<JsonPointer> undeclared = known();
        try {
            return apply.apply(without(undeclared, applied));
        } catch (KubernetesClientException e) {
            Set<JsonPointer> refused = undeclared(requireNonNullElse(e.getMessage(), ""));
            if (refused.isEmpty()) {
                throw e;
            }
            return apply.apply(without(learn(refused), applied));
        }
    }

    private synchronized Set<JsonPointer> known() {
        if (!clock.instant().isBefore(forgottenAt)) {
            known = Set.of();
        }
        return known;
    }

    private synchronized Set<JsonPointer> learn(Set<JsonPointer> refused) {
        if (known.isEmpty()) {
            forgottenAt = clock.instant().plus(MEMORY);
        }
        known = Stream.concat(known.stream(), refused.stream()).collect(Collectors.toUnmodifiableSet());
        return known;
    }

    private static Set<JsonPointer> undeclared(String refusal) {
        return UNDECLARED
                .matcher(refusal)
                .results()
                .map(field -> JsonPointer.compile("/" + field.group(1).replace('.', '/')))
                .collect(Collectors.toUnmodifiableSet());
    }

    @SuppressWarnings("unchecked") // The class of a T is a class of T.
    private static <T extends HasMetadata> T without(Set<JsonPointer> undeclared, T applied) {
        if (undeclared.isEmpty()) {
            return applied;
        }
        JsonNode json = JSON.convertValue(applied, JsonNode.class);
        undeclared.forEach(field -> {
            if (json.at(field.head()) instanceof ObjectNode parent) {
                parent.remove(field.last().getMatchingProperty());
            }
        });
        return (T) JSON.convertValue(json, applied.getClass());
    }
}
