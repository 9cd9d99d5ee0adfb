/**
 * Tests on a cluster with real nodes, which {@code hack/cluster} runs: kubelet, containerd, the scheduler and all
 * controllers. {@code make cluster-test} starts it and runs these tests one after the other. They are not part of {@code
 * make test}, because they require root and Linux.
 */
@NullMarked
package dev.lmstudiooperator.cluster;

import org.jspecify.annotations.NullMarked;
