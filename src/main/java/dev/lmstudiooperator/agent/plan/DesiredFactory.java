package dev.lmstudiooperator.agent.plan;

import static java.util.Objects.requireNonNullElse;

import dev.lmstudiooperator.api.v1alpha1.DeletionPolicy;
import dev.lmstudiooperator.api.v1alpha1.LoadSettings;
import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelSpec;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelSpec.PullPolicy;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelSpec.Retention;
import dev.lmstudiooperator.api.v1alpha1.VerificationMode;
import dev.lmstudiooperator.api.v1alpha1.VerificationSpec;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Converts a ManagedModel into the desired state that the planner uses. */
public final class DesiredFactory {

    private static final int TTL_KEEP_LOADED_SECONDS = 600;
    private static final int TTL_TEMPORARY_SECONDS = 300;
    private static final int REVISION_LENGTH = 16;

    private DesiredFactory() {}

    public static Desired of(ManagedModel model) {
        ManagedModelSpec spec = model.getSpec();
        Retention retention = requireNonNullElse(spec.retention(), Retention.KEEP_LOADED);
        Duration ttl = Duration.ofSeconds(requireNonNullElse(
                spec.ttlSeconds(),
                retention == Retention.KEEP_LOADED ? TTL_KEEP_LOADED_SECONDS : TTL_TEMPORARY_SECONDS));
        LoadSettings load = requireNonNullElse(spec.load(), LoadSettings.DEFAULTS);
        return new Desired(
                model.getMetadata().getGeneration(),
                spec.model(),
                identifier(model),
                ttl,
                load,
                loadRevision(spec.model(), ttl, load, annotation(model, ManagedModel.RELOAD_ANNOTATION)),
                retention,
                requireNonNullElse(spec.pullPolicy(), PullPolicy.NEVER),
                verification(requireNonNullElse(spec.verification(), VerificationSpec.DEFAULTS)),
                requireNonNullElse(spec.deletionPolicy(), DeletionPolicy.UNLOAD_IF_LOADED),
                seconds(spec.drainSeconds(), 60),
                requireNonNullElse(spec.suspend(), false),
                unreadable(model, load),
                annotation(model, ManagedModel.FORCE_RELEASE_ANNOTATION).equals("true"),
                model.isMarkedForDeletion());
    }

    /** The fields with a value that this release cannot use: the path, the value and the allowed values. */
    private static List<String> unreadable(ManagedModel model, LoadSettings load) {
        String text = load.contextText();
        boolean isUnknownWord = text != null && load.contextTokens(null) == null && !text.equals(LoadSettings.MAX);
        return Stream.concat(
                        unreadableFields(model),
                        isUnknownWord
                                ? Stream.of(
                                        "spec.load.contextLength is '%s': neither a number nor \"max\"".formatted(text))
                                : Stream.empty())
                .toList();
    }

    private static Stream<String> unreadableFields(ManagedModel model) {
        String prefix = ManagedModel.UNREADABLE_ANNOTATION_PREFIX;
        return annotations(model).entrySet().stream()
                .filter(annotation -> annotation.getKey().startsWith(prefix + "spec"))
                .sorted(Map.Entry.comparingByKey())
                .map(annotation -> annotation.getKey().substring(prefix.length()) + " " + annotation.getValue());
    }

    private static Verification verification(VerificationSpec spec) {
        return new Verification(
                requireNonNullElse(spec.mode(), VerificationMode.SERVED),
                seconds(spec.settleSeconds(), 2),
                seconds(spec.periodSeconds(), 60),
                seconds(spec.timeoutSeconds(), 10),
                requireNonNullElse(spec.failureThreshold(), 3),
                seconds(spec.stuckSeconds(), 1800),
                requireNonNullElse(spec.reloadStuck(), false));
    }

    /** The identifier by which clients address the instance. */
    public static String identifier(ManagedModel model) {
        return requireNonNullElse(
                model.getSpec().identifier(), model.getMetadata().getName());
    }

    private static String annotation(ManagedModel model, String name) {
        return annotations(model).getOrDefault(name, "");
    }

    private static Map<String, String> annotations(ManagedModel model) {
        return requireNonNullElse(model.getMetadata().getAnnotations(), Map.of());
    }

    private static String loadRevision(String modelKey, Duration ttl, LoadSettings load, String reload) {
        String text = String.join(
                "\n",
                modelKey,
                ttl.toString(),
                String.valueOf(load.contextText()),
                String.valueOf(load.gpu()),
                String.valueOf(load.parallel()),
                reload);
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash).substring(0, REVISION_LENGTH);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }

    private static Duration seconds(@Nullable Integer value, int byDefault) {
        return Duration.ofSeconds(requireNonNullElse(value, byDefault));
    }
}
