package dev.lmstudiooperator.controller.scheduling;

import java.util.function.BiPredicate;
import java.util.function.Function;

/**
 * One thing that may speak against a node, and how it is told.
 *
 * @param passes whether it does not
 * @param one what is said of a single node, with a place for the detail
 * @param many what is said of several
 * @param detail what the ManagedModel asks for
 */
record Filter(BiPredicate<SchedulingRequest, NodeInfo> passes, String one, String many, Function<SchedulingRequest, String> detail) {

    Filter(BiPredicate<SchedulingRequest, NodeInfo> passes, String one, String many) {
        this(passes, one, many, request -> "");
    }

    String cause(int nodes, SchedulingRequest request) {
        return "%d %s".formatted(nodes, (nodes == 1 ? one : many).formatted(detail.apply(request)));
    }
}
