package dev.lmstudiooperator.controller.scheduling;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Lists the requirements for a node in order. A node counts under the first filter that it does not pass. */
final class Filters {

    static final List<Filter> IN_ORDER = List.of(
            new Filter(
                    Filters::isPinned,
                    "is not %s, as in spec.nodeName",
                    "are not %s, as in spec.nodeName",
                    Filters::pin),
            new Filter(
                    Filters::hasLabels,
                    "lacks the labels of spec.nodeSelector (%s)",
                    "lack the labels of spec.nodeSelector (%s)",
                    Filters::selector),
            new Filter(
                    Filters::canBeRead,
                    "has an invalid spec.allowedNamespaces",
                    "have an invalid spec.allowedNamespaces"),
            new Filter(
                    Filters::allowsNamespace,
                    "does not allow this namespace (spec.allowedNamespaces)",
                    "do not allow this namespace (spec.allowedNamespaces)"),
            new Filter(Filters::isSchedulable, "is unschedulable", "are unschedulable"),
            new Filter(Filters::isAlive, "has no agent heartbeat", "have no agent heartbeat"));

    /** The maximum length of a node name. With longer details, a message of all causes would be too long to read. */
    private static final int LONGEST_DETAIL = 253;

    private Filters() {}

    private static boolean isPinned(SchedulingRequest request, NodeInfo node) {
        return request.pin() == null || request.pin().equals(node.name());
    }

    private static boolean hasLabels(SchedulingRequest request, NodeInfo node) {
        return node.labels().entrySet().containsAll(request.selector().entrySet());
    }

    private static boolean canBeRead(SchedulingRequest request, NodeInfo node) {
        return new AllowedNamespaces(node.allowedNamespaces()).isReadable();
    }

    private static boolean allowsNamespace(SchedulingRequest request, NodeInfo node) {
        return new AllowedNamespaces(node.allowedNamespaces()).allow(request.namespaceLabels());
    }

    private static boolean isSchedulable(SchedulingRequest request, NodeInfo node) {
        return !node.isUnschedulable();
    }

    private static boolean isAlive(SchedulingRequest request, NodeInfo node) {
        return node.isAlive();
    }

    static String pin(SchedulingRequest request) {
        return cut(String.valueOf(request.pin()));
    }

    private static String selector(SchedulingRequest request) {
        return cut(request.selector().entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(label -> label.getKey() + "=" + label.getValue())
                .collect(Collectors.joining(", ")));
    }

    /** Keeps surrogate pairs whole, because half of a pair is not valid text. */
    private static String cut(String text) {
        if (text.length() <= LONGEST_DETAIL) {
            return text;
        }
        int end = LONGEST_DETAIL - 1;
        return text.substring(0, Character.isHighSurrogate(text.charAt(end - 1)) ? end - 1 : end) + "…";
    }
}
