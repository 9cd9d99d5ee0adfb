/** Carries decisions out: the one lane in which LM Studio's memory is changed. */
@NullMarked
package dev.lmstudiooperator.agent.act;

import org.jspecify.annotations.NullMarked;
