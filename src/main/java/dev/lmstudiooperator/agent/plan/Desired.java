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
import dev.lmstudiooperator.lmstudio.DownloadedModel;
import dev.lmstudiooperator.lmstudio.Instance;
import dev.lmstudiooperator.lmstudio.LoadRequest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The desired state of one ManagedModel, with all defaults applied.
 *
 * @param loadRevision a hash over model, TTL, load settings and the reload annotation; a new value requires a new load
 * @param drain how long to wait for a busy instance before the unload
 * @param unreadable the parts of the spec that this release cannot read; if there are any, the agent does not act on
 *     the rest
 * @param isReleaseForced whether to remove the finalizer even if the unload cannot be verified
 * @param isDeleted whether the ManagedModel is marked for deletion
 */
public record Desired(
        long generation,
        String modelKey,
        String identifier,
        Duration ttl,
        LoadSettings load,
        String loadRevision,
        Retention retention,
        PullPolicy pullPolicy,
        Verification verification,
        DeletionPolicy deletionPolicy,
        Duration drain,
        boolean isSuspended,
        List<String> unreadable,
        boolean isReleaseForced,
        boolean isDeleted) {

    private static final int TTL_KEEP_LOADED_SECONDS = 600;
    private static final int TTL_TEMPORARY_SECONDS = 300;
    private static final int REVISION_LENGTH = 16;

    /**
     * The verification settings of a model.
     *
     * @param settle the wait after a load before the first check
     * @param period the time between checks that pass
     * @param timeout how long one answer may take
     * @param failureThreshold consecutive failed verifications before the model is reloaded
     * @param stuck how long an instance may be busy without progress before it counts as stuck
     * @param isStuckReloaded whether a stuck instance is reloaded, which aborts its running requests
     */
    public record Verification(
            VerificationMode mode,
            Duration settle,
            Duration period,
            Duration timeout,
            int failureThreshold,
            Duration stuck,
            boolean isStuckReloaded) {

        private static Verification of(VerificationSpec spec) {
            return new Verification(
                    requireNonNullElse(spec.mode(), VerificationMode.SERVED),
                    seconds(spec.settleSeconds(), 2),
                    seconds(spec.periodSeconds(), 60),
                    seconds(spec.timeoutSeconds(), 10),
                    requireNonNullElse(spec.failureThreshold(), 3),
                    seconds(spec.stuckSeconds(), 1800),
                    requireNonNullElse(spec.reloadStuck(), false));
        }
    }

    /** Converts a ManagedModel into the desired state that the planner uses. */
    public static Desired of(ManagedModel model) {
        ManagedModelSpec spec = model.getSpec();
        Retention retention = requireNonNullElse(spec.retention(), Retention.KEEP_LOADED);
        Duration ttl = seconds(
                spec.ttlSeconds(),
                retention == Retention.KEEP_LOADED ? TTL_KEEP_LOADED_SECONDS : TTL_TEMPORARY_SECONDS);
        LoadSettings load = requireNonNullElse(spec.load(), LoadSettings.DEFAULTS);
        return new Desired(
                model.getMetadata().getGeneration(),
                spec.model(),
                identifier(model),
                ttl,
                load,
                loadRevision(spec.model(), ttl, load, model.annotation(ManagedModel.RELOAD_ANNOTATION)),
                retention,
                requireNonNullElse(spec.pullPolicy(), PullPolicy.NEVER),
                Verification.of(requireNonNullElse(spec.verification(), VerificationSpec.DEFAULTS)),
                requireNonNullElse(spec.deletionPolicy(), DeletionPolicy.UNLOAD_IF_LOADED),
                seconds(spec.drainSeconds(), 60),
                requireNonNullElse(spec.suspend(), false),
                unreadable(model, load),
                model.annotation(ManagedModel.FORCE_RELEASE_ANNOTATION).equals("true"),
                model.isMarkedForDeletion());
    }

    /** The identifier by which clients address the instance. */
    public static String identifier(ManagedModel model) {
        return requireNonNullElse(
                model.getSpec().identifier(), model.getMetadata().getName());
    }

    public boolean isTemporary() {
        return retention == Retention.TEMPORARY;
    }

    /**
     * The load request for this model.
     *
     * @param isOnlyOneOfItsPath whether {@code lms load --exact} identifies the model unambiguously
     */
    public LoadRequest loadRequest(DownloadedModel model, boolean isOnlyOneOfItsPath) {
        return new LoadRequest(
                modelKey,
                identifier,
                ttl,
                load.contextTokens(model.maxContextLength()),
                load.gpu(),
                load.parallel(),
                isOnlyOneOfItsPath ? model.path() : null);
    }

    /**
     * Same desired state with the settings that LM Studio applied. Whether the settings match the spec is separate from
     * whether the model is served.
     */
    Desired asServed(Instance instance) {
        return new Desired(
                generation,
                modelKey,
                identifier,
                instance.ttl() == null ? ttl : instance.ttl(),
                new LoadSettings(null, load.gpu(), null),
                loadRevision,
                retention,
                pullPolicy,
                verification,
                deletionPolicy,
                drain,
                isSuspended,
                unreadable,
                isReleaseForced,
                isDeleted);
    }

    /** The fields with a value that this release cannot use: the path, the value and the allowed values. */
    private static List<String> unreadable(ManagedModel model, LoadSettings load) {
        String prefix = ManagedModel.UNREADABLE_ANNOTATION_PREFIX;
        Map<String, String> annotations = requireNonNullElse(model.getMetadata().getAnnotations(), Map.of());
        Stream<String> fields = annotations.entrySet().stream()
                .filter(annotation -> annotation.getKey().startsWith(prefix + "spec"))
                .sorted(Map.Entry.comparingByKey())
                .map(annotation -> annotation.getKey().substring(prefix.length()) + " " + annotation.getValue());
        String text = load.contextText();
        boolean isUnknownWord = text != null && load.contextTokens(null) == null && !text.equals(LoadSettings.MAX);
        return isUnknownWord
                ? Stream.concat(
                                fields,
                                Stream.of("spec.load.contextLength is '%s': neither a number nor \"max\""
                                        .formatted(text)))
                        .toList()
                : fields.toList();
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
