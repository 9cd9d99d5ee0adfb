package dev.lmstudiooperator.observability;

/** Every metric of the operator. Prometheus appends {@code _total} to counters and {@code _seconds} to timers. */
public final class MetricNames {

    public static final String LOAD_ATTEMPTS = "lms_model_load_attempts";
    public static final String LOAD_DURATION = "lms_model_load_duration";
    public static final String VERIFICATION_ATTEMPTS = "lms_model_verification_attempts";
    public static final String ACTIVE_MODELS = "lms_active_models";
    public static final String LAST_POLL_TIMESTAMP = "lms_last_poll_timestamp_seconds";

    private MetricNames() {}
}
