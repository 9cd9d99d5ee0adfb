package dev.lmstudiooperator.lmstudio;

/**
 * The reply to the smallest possible inference request. An empty answer from the right model is a valid answer.
 *
 * @param servedBy the model that the reply names; if it is not the requested model, LM Studio used it as a fallback
 */
public record InferenceReply(String servedBy) {}
