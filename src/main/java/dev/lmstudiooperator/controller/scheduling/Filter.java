package dev.lmstudiooperator.controller.scheduling;

import java.util.function.BiPredicate;
import java.util.function.Function;

/**
 * One requirement for a node, with the message text for nodes that do not meet it.
 *
 * @param passes whether a node meets the requirement
 * @param one the text for a single node, with a placeholder for the detail
 * @param many the text for several nodes
 * @param detail the value that the ManagedModel requests
 */
record Filter(
        BiPredicate<SchedulingRequest, NodeInfo> passes,
        String one,
        String many,
        Function<SchedulingRequest, String> detail) {

    Filter(BiPredicate<SchedulingRequest, NodeInfo> passes, String one, String many) {
        this(passes, one, many, request -> "");
    }

    String cause(int nodes, SchedulingRequest request) {
        return "%d %s".formatted(nodes, (nodes == 1 ? one : many).formatted(detail.apply(request)));
    }
}
