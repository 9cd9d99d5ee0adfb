package dev.lmstudiooperator.controller.scheduling;

import java.util.List;
import java.util.Map;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One requirement for a node, with the message text for nodes that do not meet it.
 *
 * @param passes whether a node meets the requirement
 * @param one the text for a single node, with a placeholder for the detail
 * @param many the text for several nodes
 * @param detail the value that the ManagedModel requests
 */
record Filter(
        BiPredicate<Scheduler.Request, NodeInfo> passes,
        String one,
        String many,
        Function<Scheduler.Request, String> detail) {

    /** Requirements that depend on what users say about the node. */
    static final List<Filter> OF_THE_NODE = List.of(
            new Filter(
                    (request, node) -> request.pin() == null || request.pin().equals(node.name()),
                    "is not %s, as in spec.nodeName",
                    "are not %s, as in spec.nodeName",
                    Filter::pin),
            new Filter(
                    (request, node) -> node.labels()
                            .entrySet()
                            .containsAll(request.selector().entrySet()),
                    "lacks the labels of spec.nodeSelector (%s)",
                    "lack the labels of spec.nodeSelector (%s)",
                    Filter::selector),
            new Filter(
                    (request, node) -> new AllowedNamespaces(node.allowedNamespaces()).isReadable(),
                    "has an invalid spec.allowedNamespaces",
                    "have an invalid spec.allowedNamespaces"),
            new Filter(
                    (request, node) -> new AllowedNamespaces(node.allowedNamespaces()).allow(request.namespaceLabels()),
                    "does not allow this namespace (spec.allowedNamespaces)",
                    "do not allow this namespace (spec.allowedNamespaces)"));

    /** Requirements that depend on the present state of the node. */
    private static final List<Filter> OF_ITS_STATE = List.of(
            new Filter(
                    (request, node) -> !request.claim().nodes().contains(node.name()),
                    "already has a ManagedModel with identifier %s",
                    "already have a ManagedModel with identifier %s",
                    request -> cut(request.claim().identifier())),
            new Filter((request, node) -> !node.isUnschedulable(), "is unschedulable", "are unschedulable"),
            new Filter((request, node) -> node.isAlive(), "has no agent heartbeat", "have no agent heartbeat"));

    /** All requirements for a node, in order. A node counts under the first filter that it does not pass. */
    static final List<Filter> IN_ORDER =
            Stream.concat(OF_THE_NODE.stream(), OF_ITS_STATE.stream()).toList();

    /** The maximum length of a node name. With longer details, a message of all causes would be too long to read. */
    private static final int LONGEST_DETAIL = 253;

    Filter(BiPredicate<Scheduler.Request, NodeInfo> passes, String one, String many) {
        this(passes, one, many, request -> "");
    }

    String cause(int nodes, Scheduler.Request request) {
        return "%d %s".formatted(nodes, (nodes == 1 ? one : many).formatted(detail.apply(request)));
    }

    static String pin(Scheduler.Request request) {
        return cut(String.valueOf(request.pin()));
    }

    private static String selector(Scheduler.Request request) {
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
