package dev.lmstudiooperator.agent.verification;

import dev.lmstudiooperator.api.v1alpha1.Reason;
import dev.lmstudiooperator.api.v1alpha1.VerificationResult;

/** The result that one source reports for one instance. */
record CheckResult(VerificationResult result, Reason reason, String statement) {

    static CheckResult inFavour(String statement) {
        return new CheckResult(VerificationResult.PASSED, Reason.VERIFIED, statement);
    }

    static CheckResult against(String statement) {
        return new CheckResult(VerificationResult.FAILED, Reason.VERIFICATION_FAILED, statement);
    }

    static CheckResult missing(Reason reason, String statement) {
        return new CheckResult(VerificationResult.UNKNOWN, reason, statement);
    }
}
