package dev.lmstudiooperator.controller.modelset;

import static java.util.Objects.requireNonNullElse;

import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelSet;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelSetSpec.TemplateMetadata;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelSpec;
import dev.lmstudiooperator.controller.cache.ManagedModelCache;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The template of a set: what its ManagedModels look like.
 *
 * @param spec the spec with the identifier of the set, and without a node
 * @param hash changes with everything that the ManagedModels get from the template
 */
record SetTemplate(
        ManagedModelSet set,
        Map<String, String> labels,
        Map<String, String> annotations,
        ManagedModelSpec spec,
        boolean isPinned,
        String hash) {

    private static final KubernetesSerialization JSON = new KubernetesSerialization();
    private static final TemplateMetadata NO_METADATA = new TemplateMetadata(null, null);
    private static final int HASH_LENGTH = 10;

    static SetTemplate of(ManagedModelSet set) {
        TemplateMetadata metadata = requireNonNullElse(set.getSpec().template().metadata(), NO_METADATA);
        Map<String, String> labels = new TreeMap<>(requireNonNullElse(metadata.labels(), Map.of()));
        Map<String, String> annotations = new TreeMap<>(requireNonNullElse(metadata.annotations(), Map.of()));
        ManagedModelSpec given = set.getSpec().template().spec();
        String identifier =
                requireNonNullElse(given.identifier(), set.getMetadata().getName());
        boolean isPinned = requireNonNullElse(set.getSpec().everyNode(), false);
        ManagedModelSpec spec = placed(given, identifier, null, isPinned ? null : given.nodeSelector());
        Map<String, Object> all = new TreeMap<>(
                Map.of("labels", labels, "annotations", annotations, "spec", spec, "everyNode", isPinned));
        return new SetTemplate(set, labels, annotations, spec, isPinned, hash(JSON.asJson(all)));
    }

    /** A new ManagedModel. */
    ManagedModel create(Plan.Create create) {
        ManagedModel model = new ManagedModel();
        model.setMetadata(new ObjectMetaBuilder()
                .withNamespace(set.getMetadata().getNamespace())
                .withName(create.name())
                .withLabels(allLabels())
                .withAnnotations(annotations.isEmpty() ? null : annotations)
                .withOwnerReferences(owner())
                .build());
        model.setSpec(placed(spec, spec.identifier(), create.nodeName(), spec.nodeSelector()));
        return model;
    }

    /**
     * The ManagedModel with this template. Its labels and annotations become those of the template; what the operator reads
     * from other annotations, such as a requested reload, stays.
     */
    ManagedModel applyTo(ManagedModel model) {
        ManagedModel updated = new ManagedModel();
        Map<String, String> kept = new HashMap<>();
        requireNonNullElse(model.getMetadata().getAnnotations(), Map.<String, String>of())
                .forEach((key, value) -> {
                    if (key.startsWith(ManagedModel.GROUP + "/")
                            && !key.startsWith(ManagedModel.UNREADABLE_ANNOTATION_PREFIX)) {
                        kept.put(key, value);
                    }
                });
        kept.putAll(annotations);
        ObjectMeta metadata = new ObjectMetaBuilder(model.getMetadata())
                .withLabels(allLabels())
                .withAnnotations(kept)
                .build();
        updated.setMetadata(metadata);
        ManagedModelSpec current = model.getSpec();
        updated.setSpec(placed(spec, current.identifier(), current.nodeName(), current.nodeSelector()));
        return updated;
    }

    /** Whether the fields of the ManagedModel that cannot change are already as in the template. */
    boolean fits(ManagedModel model) {
        ManagedModelSpec current = model.getSpec();
        return ManagedModelCache.identifierOf(model).equals(spec.identifier())
                && (current.nodeName() != null) == isPinned
                && Objects.equals(selector(current), selector(spec));
    }

    /** Whether the ManagedModel has this template. */
    boolean isHeldBy(ManagedModel model) {
        return hash.equals(requireNonNullElse(model.getMetadata().getLabels(), Map.<String, String>of())
                .get(ManagedModelSet.TEMPLATE_HASH_LABEL));
    }

    OwnerReference owner() {
        return new OwnerReferenceBuilder()
                .withApiVersion(set.getApiVersion())
                .withKind(set.getKind())
                .withName(set.getMetadata().getName())
                .withUid(set.getMetadata().getUid())
                .withController(true)
                .withBlockOwnerDeletion(true)
                .build();
    }

    private Map<String, String> allLabels() {
        Map<String, String> all = new TreeMap<>(labels);
        all.put(ManagedModelSet.SET_LABEL, set.getMetadata().getName());
        all.put(ManagedModelSet.TEMPLATE_HASH_LABEL, hash);
        return all;
    }

    private static Map<String, String> selector(ManagedModelSpec spec) {
        return requireNonNullElse(spec.nodeSelector(), Map.of());
    }

    private static ManagedModelSpec placed(
            ManagedModelSpec spec,
            @Nullable String identifier,
            @Nullable String nodeName,
            @Nullable Map<String, String> nodeSelector) {
        return new ManagedModelSpec(
                spec.model(),
                identifier,
                spec.ttlSeconds(),
                spec.retention(),
                nodeName,
                nodeSelector,
                spec.load(),
                spec.pullPolicy(),
                spec.verification(),
                spec.deletionPolicy(),
                spec.drainSeconds(),
                spec.suspend());
    }

    private static String hash(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest).substring(0, HASH_LENGTH);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JVM has SHA-256", e);
        }
    }
}
