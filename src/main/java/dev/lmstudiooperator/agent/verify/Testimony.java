package dev.lmstudiooperator.agent.verify;

import dev.lmstudiooperator.api.v1alpha1.Reason;
import dev.lmstudiooperator.api.v1alpha1.VerificationResult;

/** What one witness says about one instance. */
record Testimony(VerificationResult result, Reason reason, String statement) {

    static Testimony inFavour(String statement) {
        return new Testimony(VerificationResult.PASSED, Reason.VERIFIED, statement);
    }

    static Testimony against(String statement) {
        return new Testimony(VerificationResult.FAILED, Reason.VERIFICATION_FAILED, statement);
    }

    static Testimony missing(Reason reason, String statement) {
        return new Testimony(VerificationResult.UNKNOWN, reason, statement);
    }
}
