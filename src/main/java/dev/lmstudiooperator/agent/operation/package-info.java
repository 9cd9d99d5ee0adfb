/** Carries decisions out: one lane in which LM Studio's memory is changed, and one in which models are downloaded. */
@NullMarked
package dev.lmstudiooperator.agent.operation;

import org.jspecify.annotations.NullMarked;
