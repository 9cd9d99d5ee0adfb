package dev.lmstudiooperator.agent.plan;

/** An operation that the agent executes on LM Studio: a change of the models in memory, or a download. */
public sealed interface AgentOperation permits ModelOperation, Download {}
