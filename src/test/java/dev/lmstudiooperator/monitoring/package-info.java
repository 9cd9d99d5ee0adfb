/** What {@code deploy/monitoring} tells Prometheus, Grafana and kube-state-metrics, read and tried. */
@org.jspecify.annotations.NullMarked
package dev.lmstudiooperator.monitoring;
