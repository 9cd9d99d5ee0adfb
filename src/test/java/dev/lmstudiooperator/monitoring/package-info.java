/** Tests of {@code deploy/monitoring}: the configuration of Prometheus, Grafana and kube-state-metrics. */
@org.jspecify.annotations.NullMarked
package dev.lmstudiooperator.monitoring;
