package dev.lmstudiooperator.operator;

/** Specs that several tests apply, without the braces, in YAML's flow style. A test can append more fields. */
public final class ModelSpecs {

    /** Verifies a loaded model at once, without time to settle. */
    static final String NOT_SETTLING = "verification: {settleSeconds: 0}";

    /** Verifies a loaded model at once, and again after the shortest period that the API allows. */
    static final String VERIFIED_OFTEN = "verification: {settleSeconds: 0, periodSeconds: 5}";

    public static final String LLAMA = "model: llama-3.2-1b-instruct, " + NOT_SETTLING;

    public static final String LLAMA_VERIFIED_OFTEN = "model: llama-3.2-1b-instruct, " + VERIFIED_OFTEN;

    static final String QWEN_VERIFIED_OFTEN = "model: qwen3-4b, " + VERIFIED_OFTEN;

    /** Has the shortest TTL that the API allows. The agent does not verify it between the renewals. */
    static final String LLAMA_WITH_SHORT_TTL =
            "model: llama-3.2-1b-instruct, ttlSeconds: 30, verification: {settleSeconds: 0, periodSeconds: 3600}";

    private ModelSpecs() {}
}
