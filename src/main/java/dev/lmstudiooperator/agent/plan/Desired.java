package dev.lmstudiooperator.agent.plan;

import dev.lmstudiooperator.api.v1alpha1.DeletionPolicy;
import dev.lmstudiooperator.api.v1alpha1.LoadSettings;
import dev.lmstudiooperator.api.v1alpha1.PullPolicy;
import dev.lmstudiooperator.api.v1alpha1.Retention;
import dev.lmstudiooperator.lmstudio.DownloadedModel;
import dev.lmstudiooperator.lmstudio.Instance;
import dev.lmstudiooperator.lmstudio.LoadRequest;
import java.time.Duration;
import java.util.List;

/**
 * What one ManagedModel asks for, with every default filled in.
 *
 * @param loadRevision a hash over model, TTL, load settings and the reload annotation: a new one is a new load
 * @param drain how long a busy instance is waited for before it is unloaded
 * @param unreadable what of the spec this release cannot read: with it, nothing of the rest may be meant
 * @param isReleaseForced whether a person wants it to go though nobody can verify that its instance is gone
 * @param isDeleted whether a person asked for deletion
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
     * The load of this model.
     *
     * @param isOnlyOneOfItsPath whether {@code lms load --exact} can only mean it
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

    /** The same, satisfied with what LM Studio made of it: its settings are another matter than whether it is served. */
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
