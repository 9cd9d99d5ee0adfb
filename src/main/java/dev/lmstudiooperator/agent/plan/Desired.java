package dev.lmstudiooperator.agent.plan;

import dev.lmstudiooperator.api.v1alpha1.DeletionPolicy;
import dev.lmstudiooperator.api.v1alpha1.LoadSettings;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelSpec.PullPolicy;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelSpec.Retention;
import dev.lmstudiooperator.lmstudio.DownloadedModel;
import dev.lmstudiooperator.lmstudio.Instance;
import dev.lmstudiooperator.lmstudio.LoadRequest;
import java.time.Duration;
import java.util.List;

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

    public boolean isTemporary() {
        return retention == Retention.TEMPORARY;
    }

    /**
     * The load request for this model.
     *
     * @param isOnlyOneOfItsPath whether {@code lms load --exact} identifies the model unambiguously
     */
    LoadRequest loadRequest(DownloadedModel model, boolean isOnlyOneOfItsPath) {
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
    public Desired asServed(Instance instance) {
        LoadSettings settings = new LoadSettings(null, load.gpu(), null);
        return new Desired(
                generation,
                modelKey,
                identifier,
                instance.ttl() == null ? ttl : instance.ttl(),
                settings,
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
}
