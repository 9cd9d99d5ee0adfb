package dev.lmstudiooperator.metrics;

import dev.lmstudiooperator.api.v1alpha1.ConditionStatus;
import dev.lmstudiooperator.api.v1alpha1.ConditionType;
import dev.lmstudiooperator.api.v1alpha1.VerificationResult;
import dev.lmstudiooperator.lmstudio.LmStudioCli.Operation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A metric of the operator, as {@code docs/metrics.md} describes it.
 *
 * @param exposedName its name in a scrape, which is the prefix of the series of a histogram
 * @param emitter the process that reports it
 */
public record Metric(String exposedName, Type type, Emitter emitter, String help, List<Label> labels) {

    static final Type COUNTER = new Type("counter", List.of());
    static final Type GAUGE = new Type("gauge", List.of());

    private static final List<Metric> DECLARED = new ArrayList<>();

    static final Metric LOAD_ATTEMPTS = declare(
            "lms_model_load_attempts_total",
            COUNTER,
            Emitter.AGENT,
            "Completed loads. A cancelled load, or one whose result is unknown, is not among them",
            Label.MODEL_NAME,
            Label.oneOf("result", "success", "failure"));
    static final Metric LOAD_DURATION = declare(
            "lms_model_load_duration_seconds",
            histogram(0.1, 0.5, 1, 5, 10, 30, 60, 300, 600, 1200),
            Emitter.AGENT,
            "Duration of a load, failed ones included",
            Label.MODEL_NAME);
    static final Metric VERIFICATION_ATTEMPTS = declare(
            "lms_model_verification_attempts_total",
            COUNTER,
            Emitter.AGENT,
            "Verifications by result: both sources agree with the spec, one contradicts it, or one did not answer",
            Label.MODEL_NAME,
            Label.oneOf("result", VerificationResult.values()));
    static final Metric VERIFICATION_DURATION = declare(
            "lms_model_verification_duration_seconds",
            histogram(0.01, 0.05, 0.1, 0.5, 1, 2.5, 5),
            Emitter.AGENT,
            "Duration of a verification, reads of LM Studio for it included",
            Label.MODEL_NAME);
    static final Metric MODEL_EVICTIONS = declare(
            "lms_model_evictions_total",
            COUNTER,
            Emitter.AGENT,
            "Instances of ManagedModels that disappeared without an action of the agent",
            Label.MODEL_NAME);
    static final Metric ACTIVE_MODELS = declare(
            "lms_active_models",
            GAUGE,
            Emitter.AGENT,
            "Loaded instances on this node, unmanaged ones included; no sample while unknown");
    static final Metric UNMANAGED_INSTANCES = declare(
            "lms_unmanaged_instances",
            GAUGE,
            Emitter.AGENT,
            "Loaded instances that belong to no ManagedModel of this node; no sample while unknown");
    static final Metric DUPLICATE_INSTANCES = declare(
            "lms_duplicate_instances",
            GAUGE,
            Emitter.AGENT,
            "Unmanaged instances that are second copies, such as KEY:2; no sample while unknown");
    static final Metric INSTANCE_QUEUED_REQUESTS = declare(
            "lms_instance_queued_requests",
            GAUGE,
            Emitter.AGENT,
            "Queued requests of an instance on this node, the running one included, as of the last `lms ps`; no sample while LM Studio is unreachable",
            Label.IDENTIFIER,
            Label.MODEL_KEY);
    static final Metric INSTANCE_BUSY = declare(
            "lms_instance_busy",
            GAUGE,
            Emitter.AGENT,
            "Whether an instance on this node is busy or has queued requests: 1 while it is, 0 otherwise, as of the last `lms ps`; no sample while LM Studio is unreachable",
            Label.IDENTIFIER,
            Label.MODEL_KEY);
    static final Metric CIRCUIT_BREAKER_STATE = declare(
            "lms_circuit_breaker_state",
            GAUGE,
            Emitter.AGENT,
            "State of the circuit breaker for lms: 0 closed, 1 open, 2 half open. One circuit breaker covers all operations",
            Label.oneOf("operation", "reads", "mutations", "downloads", "server_starts"));
    static final Metric LAST_POLL_TIMESTAMP = declare(
            "lms_last_poll_timestamp_seconds",
            GAUGE,
            Emitter.AGENT,
            "End of the last poll of LM Studio in seconds since the epoch, whether or not LM Studio answered");
    static final Metric READS_DELAYED = declare(
            "lms_reads_delayed_total",
            COUNTER,
            Emitter.AGENT,
            "Reads of LM Studio that were delayed, because lms reads are limited to one per second on average over a minute");
    static final Metric CLI_EXECUTIONS = declare(
            "lms_cli_executions_total",
            COUNTER,
            Emitter.AGENT,
            "Calls of lms by result, each attempt of a read counted",
            Label.oneOf("operation", Operation.values()),
            Label.resultsOfARun());
    static final Metric CLI_DURATION = declare(
            "lms_cli_duration_seconds",
            histogram(0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 600, 3600),
            Emitter.AGENT,
            "Duration of a call of lms, failed ones included",
            Label.oneOf("operation", Operation.values()));
    static final Metric AUTONOMOUS_TASK_DURATION = declare(
            "lms_autonomous_task_duration_seconds",
            histogram(1, 5, 10, 30, 60, 300, 600),
            Emitter.AGENT,
            "Duration of a convergence, from the first difference between a ManagedModel and LM Studio to its end",
            Label.oneOf("result", AgentMetrics.ConvergenceResult.values()));
    static final Metric AUTONOMOUS_TASK_ROUNDS = declare(
            "lms_autonomous_task_rounds",
            histogram(1, 2, 5, 10, 20, 50, 100, 200, 500, 1000),
            Emitter.AGENT,
            "Number of reconciliations of a convergence",
            Label.oneOf("result", AgentMetrics.ConvergenceResult.values()));
    static final Metric STATUS_WRITES = declare(
            "lms_status_writes_total",
            COUNTER,
            Emitter.AGENT,
            "Attempts to write the status of a ManagedModel. An unchanged status is not written",
            Label.oneOf("result", AgentMetrics.WriteResult.values()));
    static final Metric MANAGED_MODEL_CONDITION = declare(
            "lms_managed_model_condition",
            GAUGE,
            Emitter.BOTH,
            "Conditions of ManagedModels as in kube-state-metrics: 1 for the status of the condition, 0 for the others. Reported by the agent of the node, or by the leading controller if there is no live agent",
            Label.of("namespace", "of the ManagedModel"),
            Label.of("name", "of the ManagedModel"),
            Label.oneOf("type", ConditionType.values(), ConditionType::text),
            Label.oneOf("status", ConditionStatus.values(), ConditionStatus::text));
    static final Metric MODEL_STUCK = declare(
            "lms_model_stuck",
            GAUGE,
            Emitter.AGENT,
            "Whether the instance of a ManagedModel is busy without progress: 1 while the condition Ready has the reason Stuck, 0 otherwise",
            Label.of("namespace", "of the ManagedModel"),
            Label.of("name", "of the ManagedModel"));
    static final Metric BUILD_INFO = declare(
            "lms_build_info",
            GAUGE,
            Emitter.BOTH,
            "Build information; always 1",
            Label.of("version", "version of the operator"),
            Label.of("revision", "commit of the build, `unknown` outside a clone"),
            Label.of("java_version", "version of the JVM"),
            Label.oneOf("role", "agent", "controller", "all"));
    static final Metric CONTROLLER_LEADER = declare(
            "lms_controller_leader",
            GAUGE,
            Emitter.CONTROLLER,
            "Whether this process is the leading controller: 1 while it is, 0 otherwise");
    static final Metric NODE_AGENT_UP = declare(
            "lms_node_agent_up",
            GAUGE,
            Emitter.LEADER,
            "Whether the agent of an LMStudioNode has a heartbeat: 1 while it has, 0 otherwise",
            Label.of("node", "name of an LMStudioNode"));
    static final Metric UNSCHEDULED_MODELS =
            declare("lms_unscheduled_models", GAUGE, Emitter.LEADER, "ManagedModels without a node");
    static final Metric MANAGED_MODEL_SET_REPLICAS = declare(
            "lms_managed_model_set_replicas",
            GAUGE,
            Emitter.LEADER,
            "Replicas of a ManagedModelSet, as its status counts them; no sample before the first status",
            Label.of("namespace", "of the ManagedModelSet"),
            Label.of("name", "of the ManagedModelSet"),
            Label.oneOf("state", SetSamples.State.values()));
    static final Metric MANAGED_MODEL_SET_CONDITION = declare(
            "lms_managed_model_set_condition",
            GAUGE,
            Emitter.LEADER,
            "Conditions of ManagedModelSets as in kube-state-metrics: 1 for the status of the condition, 0 for the others",
            Label.of("namespace", "of the ManagedModelSet"),
            Label.of("name", "of the ManagedModelSet"),
            Label.oneOf("type", ConditionType.values(), ConditionType::text),
            Label.oneOf("status", ConditionStatus.values(), ConditionStatus::text));
    static final Metric SERVICE_ENDPOINTS = declare(
            "lms_service_endpoints",
            GAUGE,
            Emitter.LEADER,
            "ManagedModels that a Service selects, and those of them that receive its requests; no sample for a Service without the annotation",
            Label.of("namespace", "of the Service"),
            Label.of("name", "of the Service"),
            Label.oneOf("state", "selected", "ready"));

    /**
     * The Prometheus type of a metric.
     *
     * @param buckets the upper bounds of a histogram, in the unit of the metric; empty for other types
     */
    public record Type(String name, List<Double> buckets) {}

    /** The process that reports a metric. */
    public enum Emitter {
        AGENT("agent"),
        CONTROLLER("controller"),
        LEADER("leading controller"),
        BOTH("agent, controller");

        private final String spoken;

        Emitter(String spoken) {
            this.spoken = spoken;
        }

        public String spoken() {
            return spoken;
        }
    }

    /** All metrics, in the order of their declaration. */
    public static List<Metric> all() {
        return List.copyOf(DECLARED);
    }

    private static Metric declare(String exposedName, Type type, Emitter emitter, String help, Label... labels) {
        Metric metric = new Metric(exposedName, type, emitter, help, List.of(labels));
        DECLARED.add(metric);
        return metric;
    }

    private static Type histogram(double... buckets) {
        return new Type("histogram", Arrays.stream(buckets).boxed().toList());
    }

    List<String> labelNames() {
        return labels.stream().map(Label::name).toList();
    }

    double[] buckets() {
        return type.buckets().stream().mapToDouble(Double::doubleValue).toArray();
    }
}
