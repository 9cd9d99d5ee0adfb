package dev.lmstudiooperator.observability;

import dev.lmstudiooperator.api.v1alpha1.VerificationResult;
import dev.lmstudiooperator.lmstudio.Operation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A metric of our own, with all that {@code docs/metrics.md} tells of it.
 *
 * @param exposedName its name in a scrape; the series of a histogram have it for a prefix
 * @param emitter which process tells it
 */
public record Metric(String exposedName, Type type, Emitter emitter, String help, List<Label> labels) {

    static final Type COUNTER = new Type("counter", List.of());
    static final Type GAUGE = new Type("gauge", List.of());

    private static final List<Metric> DECLARED = new ArrayList<>();

    static final Metric LOAD_ATTEMPTS = declare(
            "lms_model_load_attempts_total",
            COUNTER,
            Emitter.AGENT,
            "Loads that have ended. One that was cancelled, or that nobody could look at afterwards, is not among them",
            Label.MODEL_NAME,
            Label.oneOf("result", "success", "failure"));
    static final Metric LOAD_DURATION = declare(
            "lms_model_load_duration_seconds",
            histogram(0.1, 0.5, 1, 5, 10, 30, 60, 300, 600, 1200),
            Emitter.AGENT,
            "How long a load took, failed ones included",
            Label.MODEL_NAME);
    static final Metric VERIFICATION_ATTEMPTS = declare(
            "lms_model_verification_attempts_total",
            COUNTER,
            Emitter.AGENT,
            "Verifications by what they came to: the witnesses agree with the spec, one contradicts it, or one could not be asked",
            Label.MODEL_NAME,
            Label.oneOf("result", VerificationResult.values()));
    static final Metric VERIFICATION_DURATION = declare(
            "lms_model_verification_duration_seconds",
            histogram(0.01, 0.05, 0.1, 0.5, 1, 2.5, 5),
            Emitter.AGENT,
            "How long a verification took, a look at LM Studio for its sake included",
            Label.MODEL_NAME);
    static final Metric MODEL_EVICTIONS = declare(
            "lms_model_evictions_total",
            COUNTER,
            Emitter.AGENT,
            "Instances of ManagedModels that vanished without the agent's doing",
            Label.MODEL_NAME);
    static final Metric ACTIVE_MODELS = declare(
            "lms_active_models",
            GAUGE,
            Emitter.AGENT,
            "Instances in memory on this node, foreign ones included; no sample while nobody knows");
    static final Metric FOREIGN_INSTANCES = declare(
            "lms_foreign_instances",
            GAUGE,
            Emitter.AGENT,
            "Instances in memory that no ManagedModel of this node names; no sample while nobody knows");
    static final Metric DUPLICATE_INSTANCES = declare(
            "lms_duplicate_instances",
            GAUGE,
            Emitter.AGENT,
            "Those of the foreign instances that are second copies, such as KEY:2; no sample while nobody knows");
    static final Metric INSTANCE_QUEUED_REQUESTS = declare(
            "lms_instance_queued_requests",
            GAUGE,
            Emitter.AGENT,
            "Requests that wait for an instance on this node, the one in work included, as of the last full look (`lms ps`); no sample while LM Studio cannot be asked",
            Label.IDENTIFIER,
            Label.MODEL_KEY);
    static final Metric INSTANCE_BUSY = declare(
            "lms_instance_busy",
            GAUGE,
            Emitter.AGENT,
            "Whether an instance on this node works or has requests waiting: 1 while it does, 0 otherwise, as of the last full look (`lms ps`); no sample while LM Studio cannot be asked",
            Label.IDENTIFIER,
            Label.MODEL_KEY);
    static final Metric CIRCUIT_BREAKER_STATE = declare(
            "lms_circuit_breaker_state",
            GAUGE,
            Emitter.AGENT,
            "Whether lms is run: 0 closed, it is; 1 open, it is left alone; 2 half open, one call tries it. One circuit breaker guards all operations",
            Label.oneOf("operation", "reads", "mutations", "downloads", "server_starts"));
    static final Metric LAST_POLL_TIMESTAMP = declare(
            "lms_last_poll_timestamp_seconds",
            GAUGE,
            Emitter.AGENT,
            "When the last round of looking at LM Studio ended, in seconds since the epoch, whether or not LM Studio answered");
    static final Metric LOOKS_PUT_OFF = declare(
            "lms_looks_put_off_total",
            COUNTER,
            Emitter.AGENT,
            "Looks at LM Studio that were due and were put off, so that lms is not run to look more than once a second on average over a minute");
    static final Metric CLI_EXECUTIONS = declare(
            "lms_cli_executions_total",
            COUNTER,
            Emitter.AGENT,
            "Runs of lms by what they came to, each attempt at a read counted",
            Label.oneOf("operation", Operation.values()),
            Label.resultsOfARun());
    static final Metric CLI_DURATION = declare(
            "lms_cli_duration_seconds",
            histogram(0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 600, 3600),
            Emitter.AGENT,
            "How long a run of lms took, failed ones included",
            Label.oneOf("operation", Operation.values()));
    static final Metric AUTONOMOUS_TASK_DURATION = declare(
            "lms_autonomous_task_duration_seconds",
            histogram(1, 5, 10, 30, 60, 300, 600),
            Emitter.AGENT,
            "How long an episode took, from the moment that a ManagedModel and LM Studio differed until it ended",
            Label.oneOf("result", EpisodeEnd.values()));
    static final Metric AUTONOMOUS_TASK_ROUNDS = declare(
            "lms_autonomous_task_rounds",
            histogram(1, 2, 5, 10, 20, 50, 100, 200, 500, 1000),
            Emitter.AGENT,
            "How many reconcile passes such an episode took",
            Label.oneOf("result", EpisodeEnd.values()));
    static final Metric STATUS_WRITES = declare(
            "lms_status_writes_total",
            COUNTER,
            Emitter.AGENT,
            "Attempts to write the status of a ManagedModel. A status that says nothing new is not written",
            Label.oneOf("result", WriteResult.values()));
    static final Metric MANAGED_MODEL_CONDITION = declare(
            "lms_managed_model_condition",
            GAUGE,
            Emitter.BOTH,
            "The conditions of ManagedModels as kube-state-metrics tells them: 1 for the status that a condition has, 0 for the others. By the agent of the node; by the controller that leads for those that no live agent speaks for",
            Label.of("namespace", "of the ManagedModel"),
            Label.of("name", "of the ManagedModel"),
            Label.conditionTypes(),
            Label.truths());
    static final Metric MODEL_STUCK = declare(
            "lms_model_stuck",
            GAUGE,
            Emitter.AGENT,
            "Whether the instance of a ManagedModel is busy without progress: 1 while the condition Ready has the reason Stuck, 0 while it has another",
            Label.of("namespace", "of the ManagedModel"),
            Label.of("name", "of the ManagedModel"));
    static final Metric BUILD_INFO = declare(
            "lms_build_info",
            GAUGE,
            Emitter.BOTH,
            "What runs here; always 1",
            Label.of("version", "of the operator"),
            Label.of("revision", "the commit that it was built from, `unknown` outside a clone"),
            Label.of("java_version", "of the JVM"),
            Label.oneOf("role", "agent", "controller", "all"));
    static final Metric CONTROLLER_LEADER = declare(
            "lms_controller_leader",
            GAUGE,
            Emitter.CONTROLLER,
            "Whether this process is the controller of the cluster: 1 while it is, 0 otherwise");
    static final Metric NODE_AGENT_UP = declare(
            "lms_node_agent_up",
            GAUGE,
            Emitter.LEADER,
            "Whether the agent of an LMStudioNode is heard: 1 while it is, 0 while it is silent",
            Label.of("node", "name of an LMStudioNode"));
    static final Metric UNBOUND_MODELS =
            declare("lms_unbound_models", GAUGE, Emitter.LEADER, "ManagedModels that have no node");

    /**
     * What Prometheus makes of it.
     *
     * @param buckets the upper bounds of a histogram, in the metric's unit; empty otherwise
     */
    public record Type(String name, List<Double> buckets) {

        static final Type COUNTER = new Type("counter", List.of());
        static final Type GAUGE = new Type("gauge", List.of());

        static Type histogram(double... buckets) {
            return new Type("histogram", Arrays.stream(buckets).boxed().toList());
        }
    }

    /** Which process tells it. */
    public enum Emitter {
        AGENT("agent"),
        CONTROLLER("controller"),
        LEADER("controller that leads"),
        BOTH("agent, controller");

        private final String spoken;

        Emitter(String spoken) {
            this.spoken = spoken;
        }

        public String spoken() {
            return spoken;
        }
    }

    /** All, in the order in which they stand here. */
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
