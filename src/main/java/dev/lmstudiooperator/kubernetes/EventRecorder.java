package dev.lmstudiooperator.kubernetes;

import dev.lmstudiooperator.api.v1alpha1.LMStudioNode;
import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.lmstudio.TextSanitizer;
import dev.lmstudiooperator.logging.LogEvent;
import dev.lmstudiooperator.logging.LogField;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.MicroTime;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.api.model.StatusDetails;
import io.fabric8.kubernetes.api.model.events.v1.Event;
import io.fabric8.kubernetes.api.model.events.v1.EventBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Writes Events. Repeated events of an object with the same reason are counted in the first Event, as in Kubernetes' own
 * components. An object with endless retries therefore has few Events. The API server does not allow a change to the note
 * of an Event; the status has the current state. A failed write is not retried.
 */
public final class EventRecorder implements EventData.Sink {

    private static final Logger LOG = Logger.getLogger(EventRecorder.class);

    /** By default the API server keeps an Event for one hour after its last change. */
    private static final Duration KEPT = Duration.ofHours(1);

    private static final int MOST_REMEMBERED = 1_000;

    /** The API server refuses longer notes. */
    private static final int LONGEST_NOTE = 1024;

    private static final int LONGEST_INSTANCE = 128;
    private static final int LONGEST_PREFIX = 200;

    /** The API server requires this namespace for Events of cluster-scoped objects. */
    private static final String DEFAULT_NAMESPACE = "default";

    /** The API server refuses a time with fewer digits. {@link Instant#toString} prints fewer once in a thousand times. */
    private static final DateTimeFormatter MICRO =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

    private record Subject(
            String uid, String reason, @Nullable String node) {}

    private record Recorded(Event first, int times, Instant lastAt) {}

    private final KubernetesClient client;
    private final String instance;
    private final Map<Subject, Recorded> recorded = Collections.synchronizedMap(new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Subject, Recorded> eldest) {
            return size() > MOST_REMEMBERED;
        }
    });

    /** @param instance the reporting instance: the node of an agent, or the controller */
    public EventRecorder(KubernetesClient client, String instance) {
        this.client = client;
        this.instance = start(instance, LONGEST_INSTANCE);
    }

    @Override
    public void record(HasMetadata object, EventData event, Instant at) {
        Subject subject = new Subject(object.getMetadata().getUid(), event.reason(), event.node());
        Recorded next = Optional.ofNullable(recorded.get(subject))
                .filter(last -> at.isBefore(last.lastAt().plus(KEPT)))
                .map(last -> new Recorded(last.first(), last.times() + 1, at))
                .orElseGet(() -> new Recorded(event(object, event, at), 1, at));
        try {
            // The same request recreates an Event that has expired.
            client.resource(next.times() == 1 ? next.first() : counted(next))
                    .fieldManager("lmstudio-operator-events")
                    .forceConflicts()
                    .serverSideApply();
            recorded.put(subject, next);
        } catch (KubernetesClientException e) {
            LogEvent failure = LogEvent.of("Failed to write Event")
                    .about(object)
                    .with(LogField.REASON, event.reason())
                    .with(LogField.ERROR, e.getMessage());
            if (isNamespaceGoing(e)) {
                failure.debug(LOG);
            } else {
                failure.warn(LOG);
            }
        }
    }

    /** While a namespace is deleted, its Events have no reader. */
    private static boolean isNamespaceGoing(KubernetesClientException e) {
        return Optional.ofNullable(e.getStatus()).map(Status::getDetails).map(StatusDetails::getCauses).stream()
                .flatMap(List::stream)
                .anyMatch(cause -> "NamespaceTerminating".equals(cause.getReason()));
    }

    private static Event counted(Recorded recorded) {
        return new EventBuilder(recorded.first())
                .withNewSeries()
                .withCount(recorded.times())
                .withLastObservedTime(micro(recorded.lastAt()))
                .endSeries()
                .build();
    }

    private Event event(HasMetadata object, EventData event, Instant now) {
        String namespace =
                Optional.ofNullable(object.getMetadata().getNamespace()).orElse(DEFAULT_NAMESPACE);
        return new EventBuilder()
                .withNewMetadata()
                .withName(name(object.getMetadata().getName(), event, now))
                .withNamespace(namespace)
                .endMetadata()
                .withEventTime(micro(now))
                .withReportingController(ManagedModel.FINALIZER)
                .withReportingInstance(instance)
                .withType(event.isWarning() ? "Warning" : "Normal")
                .withReason(event.reason())
                .withAction(event.reason())
                .withNote(TextSanitizer.clean(event.note(), LONGEST_NOTE))
                .withNewRegarding()
                .withApiVersion(object.getApiVersion())
                .withKind(object.getKind())
                .withNamespace(object.getMetadata().getNamespace())
                .withName(object.getMetadata().getName())
                .withUid(object.getMetadata().getUid())
                .endRegarding()
                .withRelated(event.node() == null ? null : node(event.node()))
                .build();
    }

    /** A name that no other Event of this object has: it contains the time and a hash of the reason. */
    private static String name(String object, EventData event, Instant now) {
        String prefix = start(object, LONGEST_PREFIX).replaceFirst("[-.]+$", "");
        return "%s.%x.%x"
                .formatted(
                        prefix,
                        ChronoUnit.MICROS.between(Instant.EPOCH, now),
                        event.reason().hashCode());
    }

    private static ObjectReference node(String name) {
        return new ObjectReferenceBuilder()
                .withApiVersion(HasMetadata.getApiVersion(LMStudioNode.class))
                .withKind(HasMetadata.getKind(LMStudioNode.class))
                .withName(name)
                .build();
    }

    private static String start(String text, int longest) {
        return text.substring(0, Math.min(text.length(), longest));
    }

    private static MicroTime micro(Instant time) {
        return new MicroTime(MICRO.format(time));
    }
}
