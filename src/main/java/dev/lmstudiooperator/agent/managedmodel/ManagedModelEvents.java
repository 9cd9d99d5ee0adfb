package dev.lmstudiooperator.agent.managedmodel;

import dev.lmstudiooperator.agent.plan.Action;
import dev.lmstudiooperator.agent.plan.ConditionSummary;
import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus.DownloadStatus;
import dev.lmstudiooperator.api.v1alpha1.Reason;
import dev.lmstudiooperator.kubernetes.EventData;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Records the Kubernetes events of a ManagedModel, one for each change that matters to users. */
public final class ManagedModelEvents {

    static final String DOWNLOADED = "Downloaded";
    static final String RELEASED = "Released";

    /** Reasons that only show progress. The status reports them without an event. */
    private static final Set<Reason> WITHOUT_EVENT =
            EnumSet.of(Reason.BOUND, Reason.OBSERVING, Reason.VERIFYING, Reason.WAITING_FOR_TURN);

    private static final Set<Reason> NORMAL = EnumSet.of(
            Reason.VERIFIED,
            Reason.EXPIRED,
            Reason.DOWNLOADING,
            Reason.LOADING,
            Reason.DRAINING,
            Reason.UNLOADING,
            Reason.SUSPENDED);

    private final EventData.Sink sink;

    public ManagedModelEvents(EventData.Sink sink) {
        this.sink = sink;
    }

    /** Records the result of a reconciliation, unless the previous reconciliation had the same result. */
    public void record(ManagedModel model, ManagedModelSyncer.Result result) {
        events(result)
                .forEach(event -> sink.record(
                        model, event, result.input().wall(result.input().now())));
    }

    static List<EventData> events(ManagedModelSyncer.Result result) {
        return Stream.of(
                        download(result),
                        result.decision().action() instanceof Action.RemoveFinalizer
                                ? release(result)
                                : summary(result))
                .flatMap(Optional::stream)
                .toList();
    }

    /** Returns an event if the download in the status has ended and its model is on disk. */
    private static Optional<EventData> download(ManagedModelSyncer.Result result) {
        return Optional.ofNullable(result.before().download())
                .map(DownloadStatus::source)
                .filter(source -> result.input().history().download() == null)
                .filter(source -> result.input().observation().localKeys().contains(source))
                .map(source -> new EventData(false, DOWNLOADED, "Downloaded " + source));
    }

    private static Optional<EventData> release(ManagedModelSyncer.Result result) {
        String why = result.decision().summary().message();
        return Conditions.ready(result.before())
                        .map(Condition::getMessage)
                        .filter(why::equals)
                        .isPresent()
                ? Optional.empty()
                : Optional.of(new EventData(false, RELEASED, why));
    }

    private static Optional<EventData> summary(ManagedModelSyncer.Result result) {
        ConditionSummary summary = result.decision().summary();
        Reason reason = StatusFactory.isEvicted(result) ? Reason.EVICTED : summary.reason();
        boolean isReported = Conditions.ready(result.before())
                .map(Condition::getReason)
                .filter(summary.reason().text()::equals)
                .isPresent();
        return WITHOUT_EVENT.contains(reason) || isReported
                ? Optional.empty()
                : Optional.of(new EventData(!NORMAL.contains(reason), reason.text(), summary.message()));
    }
}
