package dev.lmstudiooperator.api.v1alpha1;

/** What model keys and identifiers may consist of. Both become arguments of a command line, and parts of a URL. */
final class Names {

    static final String RULE = "self.matches('^[A-Za-z0-9][A-Za-z0-9._@:/+-]*$') && !self.contains('..')";

    static final String EXPLANATION =
            "must begin with a letter or a digit and may contain letters, digits and . _ - / @ : +"
                    + ", but not '..', spaces, control characters or shell metacharacters";

    private Names() {}
}
