package dev.lmstudiooperator.agent.status;

import dev.lmstudiooperator.agent.plan.Finding;
import dev.lmstudiooperator.api.v1alpha1.ConditionType;
import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus;
import dev.lmstudiooperator.api.v1alpha1.Reason;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.MicroTime;
import io.fabric8.kubernetes.api.model.events.v1.Event;
import io.fabric8.kubernetes.api.model.events.v1.EventBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jboss.logging.Logger;

/** Tells the story of one ManagedModel to {@code kubectl describe}: one event per step that a person would tell. */
public final class Events {

    private static final Logger LOG = Logger.getLogger(Events.class);

    /** What only says that something goes on is left to the status. */
    private static final Set<Reason> UNTOLD =
            EnumSet.of(Reason.BOUND, Reason.OBSERVING, Reason.VERIFYING, Reason.WAITING_FOR_TURN);

    private static final Set<Reason> NORMAL = EnumSet.of(
            Reason.VERIFIED,
            Reason.EXPIRED,
            Reason.DOWNLOADING,
            Reason.LOADING,
            Reason.DRAINING,
            Reason.UNLOADING,
            Reason.SUSPENDED);

    /** The API server refuses longer notes. */
    private static final int LONGEST_NOTE = 1024;

    private static final int LONGEST_PREFIX = 200;

    private final String nodeName;

    public Events(String nodeName) {
        this.nodeName = nodeName;
    }

    /** Says what a pass has found, unless the pass before found the same. An event that cannot be written is not missed. */
    public void tell(ManagedModel model, Progression pass, KubernetesClient client) {
        news(model, pass).ifPresent(event -> {
            try {
                client.resource(event).create();
            } catch (KubernetesClientException e) {
                LOG.warnf(
                        "An event of %s could not be written: %s",
                        model.getMetadata().getName(), e.getMessage());
            }
        });
    }

    Optional<Event> news(ManagedModel model, Progression pass) {
        Finding finding = pass.decision().finding();
        Reason reason = StatusFactory.isEvicted(pass) ? Reason.EVICTED : finding.reason();
        return UNTOLD.contains(reason) || isTold(pass.before(), finding.reason())
                ? Optional.empty()
                : Optional.of(event(model, reason, finding, pass.situation().now()));
    }

    private Event event(ManagedModel model, Reason reason, Finding finding, Instant now) {
        String note = finding.message();
        return new EventBuilder()
                .withNewMetadata()
                .withGenerateName(prefix(model.getMetadata().getName()))
                .withNamespace(model.getMetadata().getNamespace())
                .endMetadata()
                .withEventTime(new MicroTime(now.truncatedTo(ChronoUnit.MICROS).toString()))
                .withReportingController(ManagedModel.FINALIZER)
                .withReportingInstance(nodeName)
                .withType(NORMAL.contains(reason) ? "Normal" : "Warning")
                .withReason(reason.text())
                .withAction(reason.text())
                .withNote(note.length() > LONGEST_NOTE ? note.substring(0, LONGEST_NOTE) : note)
                .withNewRegarding()
                .withApiVersion(model.getApiVersion())
                .withKind(model.getKind())
                .withNamespace(model.getMetadata().getNamespace())
                .withName(model.getMetadata().getName())
                .withUid(model.getMetadata().getUid())
                .endRegarding()
                .build();
    }

    /** The API server appends five characters, and takes no dot before them. */
    private static String prefix(String name) {
        return name.substring(0, Math.min(name.length(), LONGEST_PREFIX)) + "-";
    }

    private static boolean isTold(ManagedModelStatus before, Reason reason) {
        return Optional.ofNullable(before.conditions()).orElse(List.of()).stream()
                .filter(condition -> condition.getType().equals(ConditionType.READY.text()))
                .map(Condition::getReason)
                .anyMatch(reason.text()::equals);
    }
}
