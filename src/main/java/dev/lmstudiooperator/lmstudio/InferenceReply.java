package dev.lmstudiooperator.lmstudio;

/**
 * The reply to the smallest real request. An empty answer from the right model is an answer.
 *
 * @param servedBy the model that the reply names; another one than was asked means that LM Studio fell back to it
 */
public record InferenceReply(String servedBy) {}
