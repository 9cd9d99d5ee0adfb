package dev.lmstudiooperator.api.v1alpha1;

/** Patterns of model keys and identifiers. Both become command-line arguments and parts of a URL. */
final class NamePatterns {

    static final String RULE = "self.matches('^[A-Za-z0-9][A-Za-z0-9._@:/+-]*$') && !self.contains('..')";

    static final String EXPLANATION =
            "must begin with a letter or a digit and may contain letters, digits and . _ - / @ : +"
                    + ", but not '..', spaces, control characters or shell metacharacters";

    /** For any other name, `lms get` runs a search and downloads the first result. It also converts names to lower case. */
    static final String CATALOGUE_RULE = "self.model.matches('^[a-z0-9][a-z0-9._-]*/[a-z0-9][a-z0-9._-]*$')";

    static final String CATALOGUE_EXPLANATION =
            "must be an exact name in LM Studio's catalogue, owner/name in lower case, such as qwen/qwen3-8b: any"
                    + " other name would download the first search hit. Use that name, or set pullPolicy to Never and"
                    + " download the model on the node with `lms get`";

    private NamePatterns() {}
}
